// SPDX-License-Identifier: ISC
#include "auth/mechanisms/plain.h"

#include <utility>

namespace auth {

/// message = [authzid] NUL authcid NUL passwd (RFC 4616 §2)
Exchange::Step Plain::take(std::string_view answer)
{
    const std::size_t first = answer.find('\0');
    if (first == std::string_view::npos)
        return not_of_the_mechanism("PLAIN without a NUL");
    const std::size_t second = answer.find('\0', first + 1);
    if (second == std::string_view::npos)
        return not_of_the_mechanism("PLAIN with one NUL only");
    const std::string_view password = answer.substr(second + 1);
    user_ = answer.substr(first + 1, second - first - 1);
    if (user_.empty() || password.empty() ||
        password.find('\0') != std::string_view::npos)
        return not_of_the_mechanism("PLAIN with an empty field or one too many");
    if (auto fine = check_authorization(answer.substr(0, first), user_); !fine)
        return fine.error();
    auto identity = authenticator_->verify(user_, password);
    if (!identity)
        return identity.error();
    return std::move(*identity);
}

} // namespace auth
