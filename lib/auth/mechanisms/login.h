// SPDX-License-Identifier: ISC
#pragma once

#include "auth/mechanism.h"

namespace auth {

/// LOGIN, draft-murchison-sasl-login: the name, then the password.
class Login final : public Exchange {
public:
    explicit Login(const Authenticator& authenticator) : authenticator_(&authenticator)
    {
    }

    Challenge first_challenge() const override { return {"Username:"}; }

private:
    Step take(std::string_view answer) override;

    const Authenticator* authenticator_;
};

} // namespace auth
