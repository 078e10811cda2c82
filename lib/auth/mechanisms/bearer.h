// SPDX-License-Identifier: ISC
/// \file
/// OAUTHBEARER (RFC 7628), and XOAUTH2, Google's form of it before there was one.
#pragma once

#include <optional>

#include "auth/mechanism.h"

namespace auth {

/// The client shows a token. If it is refused, it is told why in JSON, and the exchange
/// fails after its next answer, whatever that is (RFC 7628 §3.2.3).
class Bearer final : public Exchange {
public:
    enum class Form { Oauthbearer, Xoauth2 };

    Bearer(const Authenticator& authenticator, Form form)
        : authenticator_(&authenticator), form_(form)
    {
    }

private:
    std::size_t most() const override { return 16 * 1024; }
    Step take(std::string_view answer) override;
    Step check(std::string_view claimed, std::string_view token);

    const Authenticator* authenticator_;
    Form form_;
    std::optional<base::Error> failure_;
};

} // namespace auth
