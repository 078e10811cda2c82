// SPDX-License-Identifier: ISC
#include "deliver/exit_status.h"

namespace deliver {
namespace {

/// "4.2.0 deliver: text", in one line of printable ASCII: it ends up in the mail
/// server's log and in the text of a bounce.
std::string line_of(std::string_view code, std::string_view text)
{
    std::string line(code);
    line += " deliver: ";
    for (const char c : text.substr(0, max_line - line.size() - 1))
        line += c >= ' ' && c <= '~' ? c : '?';
    line += '\n';
    return line;
}

/// RFC 3463 §3: the class is always 4, "persistent transient failure".
std::string_view enhanced_code(base::Errc code)
{
    switch (code) {
    case base::Errc::NoSpace:
        return "4.3.1"; // mail system full
    case base::Errc::OverQuota:
        return "4.2.2"; // mailbox full
    case base::Errc::Internal:
        return "4.3.0"; // other mail system status
    default:
        return "4.2.0"; // other mailbox status
    }
}

} // namespace

Outcome delivered()
{
    return {ExitStatus::Delivered, {}};
}

Outcome unknown_user(std::string_view user)
{
    return {ExitStatus::UnknownUser,
            line_of("5.1.1", "no such user: " + std::string(user))};
}

Outcome misconfigured(std::string_view text)
{
    return {ExitStatus::TryAgain, line_of("4.3.5", text)};
}

Outcome not_mail()
{
    return {ExitStatus::NotMail, line_of("5.6.0", "this is no mail")};
}

Outcome refused(std::string_view text)
{
    return {ExitStatus::Refused, line_of("5.7.1", text)};
}

Outcome over_quota()
{
    return {ExitStatus::Refused, line_of("5.2.2", "the mailbox is full")};
}

Outcome try_again(const base::Error& error)
{
    return {ExitStatus::TryAgain, line_of(enhanced_code(error.code), error.text)};
}

} // namespace deliver
