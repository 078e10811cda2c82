// SPDX-License-Identifier: ISC
#include "auth/signing_keys.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "auth/base64_url.h"
#include "auth/signer.h"

namespace {

using auth::base64_url_decode;
using auth::SigningKeys;
using Algorithm = auth::SigningKeys::Algorithm;

// RFC 7515 §A.2 and §A.3: the same text, signed by RS256 and by ES256.
const std::string claims =
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19y"
    "b290Ijp0cnVlfQ";
const std::string es256_text = "eyJhbGciOiJFUzI1NiJ9" + claims;
const std::string es256_signature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw"
    "5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const std::string es256_key = R"({"kty":"EC","crv":"P-256","kid":"a3",)"
                              R"("x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                              R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
const std::string rs256_text = "eyJhbGciOiJSUzI1NiJ9" + claims;
const std::string rs256_signature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF"
    "5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK"
    "5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqt"
    "FZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrB"
    "p0igcN_IoypGlUPQGe77Rw";
const std::string rs256_key =
    R"({"kty":"RSA","kid":"a2","use":"sig","n":)"
    R"("ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPM)"
    R"(EzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bS)"
    R"(f63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5)"
    R"(ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4F)"
    R"(RWyuXpoQ","e":"AQAB"})";

bool counts(const SigningKeys& keys, Algorithm algorithm, const std::string& id,
            const std::string& text, const std::string& signature)
{
    return keys.verify(algorithm, id, text, *base64_url_decode(signature));
}

} // namespace

BOOST_AUTO_TEST_SUITE(signing_keys)

BOOST_AUTO_TEST_CASE(the_examples_of_rfc_7515)
{
    const auto keys =
        SigningKeys::parse("{\"keys\":[" + rs256_key + "," + es256_key + "]}");
    BOOST_REQUIRE(keys.has_value());
    const auto es = Algorithm::Es256;
    const auto rs = Algorithm::Rs256;
    BOOST_TEST(counts(*keys, es, "", es256_text, es256_signature));
    BOOST_TEST(counts(*keys, es, "a3", es256_text, es256_signature));
    BOOST_TEST(!counts(*keys, es, "a2", es256_text, es256_signature)); // another key
    BOOST_TEST(counts(*keys, es, "b9", es256_text, es256_signature));  // nobody's name
    BOOST_TEST(counts(*keys, rs, "a2", rs256_text, rs256_signature));
    BOOST_TEST(!counts(*keys, rs, "", es256_text, es256_signature));
    BOOST_TEST(!counts(*keys, es, "", rs256_text, rs256_signature));
    BOOST_TEST(!counts(*keys, rs, "", rs256_text + "x", rs256_signature));
    BOOST_TEST(!keys->verify(es, "", es256_text, ""));
    BOOST_TEST(!keys->verify(es, "", es256_text, std::string(64, '\0')));
}

BOOST_AUTO_TEST_CASE(reads_pem_of_several_keys)
{
    const Signer one(Signer::Kind::P256);
    const Signer other(Signer::Kind::Rsa2048);
    const auto keys = SigningKeys::parse("# ours\n" + one.pem() + "\n" + other.pem());
    BOOST_REQUIRE(keys.has_value());
    for (const Signer* const signer : {&one, &other}) {
        const std::string token = signer->token("{}");
        const std::size_t last = token.rfind('.');
        const auto algorithm = signer == &one ? Algorithm::Es256 : Algorithm::Rs256;
        BOOST_TEST(counts(*keys, algorithm, "", token.substr(0, last),
                          token.substr(last + 1)));
    }
}

BOOST_AUTO_TEST_CASE(refuses_a_file_without_a_key)
{
    for (const std::string& text :
         {std::string(), std::string("nothing"), std::string("{}"),
          std::string("{\"keys\":[]}"), std::string("{\"keys\":"),
          std::string(R"({"keys":[{"kty":"oct","k":"AAAA"}]})"),
          std::string(R"({"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]})"), // too small
          std::string(R"({"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]})"),
          "{\"keys\":[" +
              std::string(rs256_key).replace(rs256_key.find("sig"), 3, "enc") + "]}"})
        BOOST_TEST(!SigningKeys::parse(text).has_value(), text);
    BOOST_TEST(!SigningKeys::load("/nowhere/keys").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
