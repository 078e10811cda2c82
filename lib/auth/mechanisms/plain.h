// SPDX-License-Identifier: ISC
#pragma once

#include "auth/mechanism.h"

namespace auth {

/// PLAIN, RFC 4616.
class Plain final : public Exchange {
public:
    explicit Plain(const Authenticator& authenticator) : authenticator_(&authenticator)
    {
    }

private:
    Step take(std::string_view answer) override;

    const Authenticator* authenticator_;
};

} // namespace auth
