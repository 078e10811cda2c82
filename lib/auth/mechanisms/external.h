// SPDX-License-Identifier: ISC
#pragma once

#include "auth/mechanism.h"

namespace auth {

/// EXTERNAL, RFC 4422 appendix A: the client is who its TLS certificate says.
class External final : public Exchange {
public:
    explicit External(const Authenticator& authenticator)
        : authenticator_(&authenticator)
    {
    }

private:
    Step take(std::string_view answer) override;

    const Authenticator* authenticator_;
};

} // namespace auth
