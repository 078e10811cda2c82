// SPDX-License-Identifier: ISC
#include "auth/mechanisms/external.h"

#include <algorithm>
#include <utility>

namespace auth {

/// The answer is an authorization identity, or empty: who the certificate is for.
Exchange::Step External::take(std::string_view answer)
{
    const auto& names = authenticator_->circumstances().certificate_names;
    if (answer.find('\0') != std::string_view::npos)
        return not_of_the_mechanism("EXTERNAL with a NUL");
    user_ = answer;
    if (names.empty())
        return base::Error{base::Errc::Refused, "no certificate, or none with a name",
                           0};
    if (answer.empty())
        user_ = names.front();
    // A certificate may be for several users, who are all the client's own.
    if (std::ranges::find(names, user_) == names.end())
        return base::Error{base::Errc::Refused, "a certificate for somebody else", 0};
    auto identity = authenticator_->identify(user_);
    if (!identity)
        return identity.error();
    return std::move(*identity);
}

} // namespace auth
