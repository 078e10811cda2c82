// SPDX-License-Identifier: ISC
/// \file
/// What the administrator wants of messages by what is really in them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"

namespace deliver {

/// In the order of their strength.
enum class Verdict { Deliver, Flag, Quarantine, Refuse };

/// What becomes of a message, and the type for which it does.
struct Judgement {
    Verdict verdict = Verdict::Deliver;
    std::string type;
};

/// Whether there is any policy that looks at types.
bool looks_at_types(const config::Settings::Policy& policy);

/// The strongest of what `policy` says about `types`. Pure.
Judgement judge(const std::vector<std::string>& types,
                const config::Settings::Policy& policy);

/// Whether a message that begins so can be mail at all: with a header field (RFC 5322
/// §2.2), or an empty line, or the separator of a mbox file; or, for what is sent by
/// programs that know no better, with any text. It is not if there are NULs in it.
bool is_mail(std::string_view head);

} // namespace deliver
