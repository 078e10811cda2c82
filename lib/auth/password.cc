// SPDX-License-Identifier: ISC
#include "auth/password.h"

#include <algorithm>
#include <memory>
#include <span>
#include <utility>
#include <variant>

#include <argon2.h>
#include <crypt.h>
#include <string.h>

#include "base/scope_exit.h"
#include "text/ascii.h"
#include "text/base64.h"
#include "text/sasl_prep.h"

namespace auth {

using base::Errc;
using base::Error;
using base::Result;

namespace {

/// The password is "avocet", but nobody is let in by it: `verify_in_vain` forgets
/// what comes out.
constexpr std::string_view own_decoy =
    "$6$avocetavocet$"
    "61ELoGWOVOwxql8V2Z3ayfNfUOd7ez0ccQT9YVtJPLaQ0jKpYUhidsabHnd."
    "KKnM3EmQZdONr0BUNCtsKCkxd/";

/// What we make. Argon2: the second of the choices of the OWASP's cheat sheet, since
/// each attempt takes the memory. SCRAM: RFC 7677 §4 asks for 4096 at least, and every
/// login of a client costs the client as many; as many as Dovecot's.
constexpr std::uint32_t argon2_memory = 19 * 1024; // KiB
constexpr std::uint32_t argon2_passes = 2;
constexpr std::size_t argon2_digest = 32;
constexpr std::uint32_t scram_iterations = 4096;
constexpr std::size_t salt_size = 16;

void wipe(std::string& secret)
{
    ::explicit_bzero(secret.data(), secret.size());
}

bool is_possible(std::string_view password)
{
    return !password.empty() && password.size() <= max_password &&
           password.find('\0') == std::string_view::npos;
}

/// 32 KiB, with the password and what it was turned into in them. Empty on a failure,
/// which crypt(3) tells by a null pointer or by a string that begins with a star.
std::string crypted(std::string_view password, const char* setting)
{
    const auto data = std::make_unique<crypt_data>();
    std::string phrase(password);
    const base::ScopeExit forget([&] {
        wipe(phrase);
        ::explicit_bzero(data.get(), sizeof *data);
    });
    const char* const result = ::crypt_r(phrase.c_str(), setting, data.get());
    return result == nullptr || result[0] == '*' ? "" : result;
}

/// The digest that `like` would have if it were of `password`; empty where there is not
/// memory enough.
///
/// All lanes in one thread, which gives the same: a process that is to become
/// somebody's session starts none.
std::string argon2(const Argon2Hash& like, std::string_view password)
{
    std::string made(like.digest.size(), '\0');
    std::string phrase(password);
    std::string salt = like.salt;
    const base::ScopeExit forget([&] { wipe(phrase); });
    const auto octets = [](std::string& text) {
        return reinterpret_cast<std::uint8_t*>(text.data());
    };
    const auto size = [](const std::string& text) {
        return static_cast<std::uint32_t>(text.size());
    };
    argon2_context context = {};
    context.out = octets(made);
    context.outlen = size(made);
    context.pwd = octets(phrase);
    context.pwdlen = size(phrase);
    context.salt = octets(salt);
    context.saltlen = size(salt);
    context.t_cost = like.passes;
    context.m_cost = like.memory;
    context.lanes = like.lanes;
    context.threads = 1;
    context.version = like.version;
    context.flags = ARGON2_DEFAULT_FLAGS;
    const bool is_id = like.variant == Argon2Hash::Variant::Id;
    if (::argon2_ctx(&context, is_id ? Argon2_id : Argon2_i) != ARGON2_OK)
        return {};
    return made;
}

/// One of each kind of stored password.
struct Comparison {
    std::string_view given;

    bool operator()(PlainPassword& stored) const
    {
        const bool same = are_equal(given, stored.password);
        wipe(stored.password);
        return same;
    }
    bool operator()(const CryptHash& stored) const
    {
        return are_equal(crypted(given, stored.text.c_str()), stored.text);
    }
    bool operator()(const DigestHash& stored) const
    {
        std::string whole = std::string(given) + stored.salt;
        const base::ScopeExit forget([&] { wipe(whole); });
        return are_equal(digest(stored.hash, whole), stored.digest);
    }
    bool operator()(const Argon2Hash& stored) const
    {
        return are_equal(argon2(stored, given), stored.digest);
    }
    bool operator()(const ScramKeys& stored) const
    {
        const auto keys =
            scram_keys(stored.hash, given, stored.salt, stored.iterations);
        return are_equal(keys.stored_key, stored.stored_key) &&
               are_equal(keys.server_key, stored.server_key);
    }
};

std::string random_octets(std::size_t size, base::Random& random)
{
    std::string octets(size, '\0');
    random.fill(std::as_writable_bytes(std::span(octets)));
    return octets;
}

/// As Argon2 writes it: without padding.
std::string bare_base64(std::string_view octets)
{
    std::string text = text::base64_encode(octets);
    text.erase(std::min(text.find('='), text.size()));
    return text;
}

Result<std::string> make_crypt(std::string_view prefix, std::string_view password,
                               base::Random& random)
{
    const std::string octets = random_octets(32, random);
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    const std::string method(prefix);
    if (::crypt_gensalt_rn(method.c_str(), 0, octets.data(),
                           static_cast<int>(octets.size()), setting,
                           sizeof setting) == nullptr)
        return Error::from_errno("crypt_gensalt");
    std::string made = crypted(password, setting);
    if (made.empty())
        return Error::from_errno("crypt");
    return made;
}

Result<std::string> make_argon2(std::string_view password, base::Random& random)
{
    Argon2Hash hash;
    hash.memory = argon2_memory;
    hash.passes = argon2_passes;
    hash.lanes = 1;
    hash.salt = random_octets(salt_size, random);
    hash.digest.assign(argon2_digest, '\0');
    const std::string made = argon2(hash, password);
    if (made.empty())
        return Error{Errc::Cannot, "not enough memory for Argon2", 0};
    return "$argon2id$v=19$m=" + std::to_string(hash.memory) +
           ",t=" + std::to_string(hash.passes) + ",p=1$" + bare_base64(hash.salt) +
           '$' + bare_base64(made);
}

std::string make_scram(Hash hash, std::string_view password, base::Random& random)
{
    const auto keys =
        scram_keys(hash, password, random_octets(salt_size, random), scram_iterations);
    return std::to_string(keys.iterations) + ',' + text::base64_encode(keys.salt) +
           ',' + text::base64_encode(keys.stored_key) + ',' +
           text::base64_encode(keys.server_key);
}

std::string make_salted(Hash hash, std::string_view password, base::Random& random)
{
    const std::string salt = random_octets(salt_size, random);
    std::string whole = std::string(password) + salt;
    const base::ScopeExit forget([&] { wipe(whole); });
    return text::base64_encode(digest(hash, whole) + salt);
}

/// What follows `{SCHEME}`.
Result<std::string> make_bare(std::string_view scheme, std::string_view password,
                              base::Random& random)
{
    if (scheme == "ARGON2ID")
        return make_argon2(password, random);
    if (scheme == "SCRAM-SHA-256")
        return make_scram(Hash::Sha256, password, random);
    if (scheme == "SCRAM-SHA-1")
        return make_scram(Hash::Sha1, password, random);
    if (scheme == "CRYPT")
        return make_crypt("$y$", password, random);
    if (scheme == "BLF-CRYPT")
        return make_crypt("$2b$", password, random);
    if (scheme == "SHA512-CRYPT")
        return make_crypt("$6$", password, random);
    if (scheme == "SHA256-CRYPT")
        return make_crypt("$5$", password, random);
    if (scheme == "SSHA512")
        return make_salted(Hash::Sha512, password, random);
    return make_salted(Hash::Sha256, password, random);
}

} // namespace

bool verify(std::string_view stored, std::string_view given)
{
    if (!is_possible(given))
        return false;
    auto parsed = parse_stored(stored);
    return parsed && std::visit(Comparison{given}, *parsed);
}

void verify_in_vain(std::string_view decoy, std::string_view given)
{
    static_cast<void>(verify(check_stored(decoy) ? decoy : own_decoy, given));
}

Result<std::string> make_stored(std::string_view scheme, std::string_view password,
                                base::Random& random)
{
    const std::string name = text::to_upper(scheme);
    if (std::ranges::find(schemes_to_make, name) == schemes_to_make.end())
        return Error{Errc::Unsupported, "no such scheme to make: " + name, 0};
    if (!is_possible(password))
        return Error{Errc::Syntax, "a password has 1 to 1024 octets, and no NUL", 0};
    const auto bare = make_bare(name, password, random);
    if (!bare)
        return bare.error();
    return '{' + name + '}' + *bare;
}

ScramKeys scram_keys(Hash hash, std::string_view password, std::string salt,
                     std::uint32_t iterations)
{
    auto prepared = text::sasl_prepared(password);
    std::string phrase = prepared ? *prepared : std::string(password);
    std::string secret = salted(hash, phrase, salt, iterations);
    std::string client_key = hmac(hash, secret, "Client Key");
    ScramKeys keys = {hash, iterations, std::move(salt), digest(hash, client_key),
                      hmac(hash, secret, "Server Key")};
    wipe(phrase);
    wipe(secret);
    wipe(client_key);
    if (prepared)
        wipe(*prepared);
    return keys;
}

} // namespace auth
