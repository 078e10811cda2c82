// SPDX-License-Identifier: ISC
#include "auth/mechanisms/login.h"

#include <utility>

namespace auth {

Exchange::Step Login::take(std::string_view answer)
{
    if (user_.empty()) {
        if (answer.empty())
            return not_of_the_mechanism("LOGIN without a user");
        user_ = answer;
        return Challenge{"Password:"};
    }
    auto identity = authenticator_->verify(user_, answer);
    if (!identity)
        return identity.error();
    return std::move(*identity);
}

} // namespace auth
