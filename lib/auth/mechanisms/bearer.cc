// SPDX-License-Identifier: ISC
#include "auth/mechanisms/bearer.h"

#include <algorithm>
#include <utility>

#include "text/ascii.h"

namespace auth {

using base::Errc;
using base::Error;

namespace {

constexpr char separator = '\x01';

/// The value of the pair `name=value`, of those with separators between them.
std::optional<std::string_view> value_of(std::string_view pairs, std::string_view name)
{
    while (!pairs.empty()) {
        const std::string_view pair = pairs.substr(0, pairs.find(separator));
        pairs.remove_prefix(std::min(pair.size() + 1, pairs.size()));
        if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
            return pair.substr(name.size() + 1);
    }
    return std::nullopt;
}

/// What `auth=Bearer token` has; the scheme in any case (RFC 9110 §11.1).
std::optional<std::string_view> token_in(std::string_view pairs)
{
    constexpr std::string_view scheme = "BEARER ";
    const auto value = value_of(pairs, "auth");
    if (!value || text::to_upper(value->substr(0, scheme.size())) != scheme)
        return std::nullopt;
    const std::string_view token = value->substr(scheme.size());
    if (token.empty() || token.find_first_of(" \t\r\n") != std::string_view::npos)
        return std::nullopt;
    return token;
}

} // namespace

/// client-resp = gs2-header kvsep *kvpair kvsep (RFC 7628 §3.1); of XOAUTH2 the user is
/// a pair too.
Exchange::Step Bearer::take(std::string_view answer)
{
    if (failure_)
        return *failure_;
    if (!answer.ends_with("\x01\x01"))
        return not_of_the_mechanism("a bearer's answer without its end");
    if (form_ == Form::Xoauth2) {
        const auto user = value_of(answer, "user");
        const auto token = token_in(answer);
        if (!user || user->empty() || !token)
            return not_of_the_mechanism("XOAUTH2 without user or token");
        return check(*user, *token);
    }
    const std::size_t header_end = answer.find(separator);
    std::string_view header = answer.substr(0, header_end);
    const auto token = token_in(answer.substr(header_end + 1));
    if (!token || !(header.starts_with("n,") || header.starts_with("y,")))
        return not_of_the_mechanism("OAUTHBEARER without GS2 header or token");
    header.remove_prefix(2);
    if (!header.ends_with(','))
        return not_of_the_mechanism("OAUTHBEARER with a wrong GS2 header");
    header.remove_suffix(1);
    if (header.empty())
        return check({}, *token);
    const auto user =
        header.starts_with("a=") ? from_saslname(header.substr(2)) : std::nullopt;
    if (!user)
        return not_of_the_mechanism("OAUTHBEARER with a wrong GS2 header");
    return check(*user, *token);
}

Exchange::Step Bearer::check(std::string_view claimed, std::string_view token)
{
    user_ = claimed;
    auto identity = authenticator_->verify_token(claimed, token);
    if (identity)
        return std::move(*identity);
    if (identity.error().code != Errc::Refused)
        return identity.error();
    failure_ = identity.error();
    return Challenge{form_ == Form::Xoauth2
                         ? R"({"status":"401","schemes":"bearer","scope":""})"
                         : R"({"status":"invalid_token"})"};
}

} // namespace auth
