// SPDX-License-Identifier: ISC
#include "auth/token.h"

#include <algorithm>
#include <optional>

#include "auth/base64_url.h"
#include "text/json.h"

namespace auth {

using base::Errc;
using base::Error;
using base::Result;
using text::Json;

namespace {

Error refused(const char* why)
{
    return {Errc::Refused, std::string("token: ") + why, 0};
}

/// One part of a token, as JSON.
std::optional<Json> part(std::string_view text)
{
    const auto octets = base64_url_decode(text);
    auto value = octets ? Json::parse(*octets) : Result<Json>(Error{});
    if (!value)
        return std::nullopt;
    return std::move(*value);
}

std::string_view string_of(const Json& value, std::string_view name)
{
    const Json* const found = value.member(name);
    const std::string* const text = found == nullptr ? nullptr : found->string();
    return text == nullptr ? std::string_view() : *text;
}

std::optional<SigningKeys::Algorithm> algorithm_of(const Json& header)
{
    const std::string_view name = string_of(header, "alg");
    if (name == "RS256")
        return SigningKeys::Algorithm::Rs256;
    if (name == "ES256")
        return SigningKeys::Algorithm::Es256;
    return std::nullopt;
}

/// RFC 7519 §4.1.3: a string, or several.
bool is_for(const Json& claims, const std::string& audience)
{
    const Json* const value = claims.member("aud");
    if (value == nullptr)
        return false;
    if (value->string() != nullptr)
        return *value->string() == audience;
    return value->array() != nullptr &&
           std::ranges::any_of(*value->array(), [&](const Json& one) {
               return one.string() != nullptr && *one.string() == audience;
           });
}

std::optional<Error>
objection(const Json& claims, const config::Settings::Oauth& settings, std::int64_t now)
{
    const auto time = [&](std::string_view name) {
        const Json* const value = claims.member(name);
        return value == nullptr ? std::nullopt : value->number();
    };
    const auto seconds = static_cast<double>(now);
    const auto slack = static_cast<double>(leeway);
    if (settings.issuer.empty() || string_of(claims, "iss") != settings.issuer)
        return refused("another issuer");
    if (!is_for(claims, settings.audience))
        return refused("for another audience");
    const auto expires = time("exp");
    if (!expires || *expires + slack <= seconds)
        return refused("expired");
    if (claims.member("nbf") != nullptr &&
        (!time("nbf") || *time("nbf") - slack > seconds))
        return refused("not valid yet");
    return std::nullopt;
}

} // namespace

Result<std::string> user_of_token(std::string_view token, const SigningKeys& keys,
                                  const config::Settings::Oauth& settings,
                                  std::int64_t now)
{
    if (token.size() > max_token)
        return refused("too long");
    // header "." claims "." signature, RFC 7515 §7.1
    const std::size_t first = token.find('.');
    const std::size_t last = token.rfind('.');
    if (first == std::string_view::npos || first == last ||
        token.find('.', first + 1) != last)
        return refused("not a signed JWT");
    const auto header = part(token.substr(0, first));
    const auto claims = part(token.substr(first + 1, last - first - 1));
    const auto signature = base64_url_decode(token.substr(last + 1));
    if (!header || !claims || !signature)
        return refused("not a signed JWT");
    const auto algorithm = algorithm_of(*header);
    if (!algorithm)
        return refused("not signed by RS256 or ES256");
    if (header->member("crit") != nullptr)
        return refused("a critical header");
    if (!keys.verify(*algorithm, string_of(*header, "kid"), token.substr(0, last),
                     *signature))
        return refused("not signed by a key of ours");
    if (auto why = objection(*claims, settings, now))
        return *why;
    const std::string_view user = string_of(*claims, settings.user_claim);
    if (user.empty())
        return refused("without the claim that names the user");
    return std::string(user);
}

} // namespace auth
