// SPDX-License-Identifier: ISC
#include "session/reply.h"

namespace imapd {
namespace {

/// The response code for an error; empty where RFC 5530 has none that fits.
std::string_view code_for(base::Errc code)
{
    using base::Errc;
    switch (code) {
    case Errc::NotFound:
        return "NONEXISTENT";
    case Errc::Exists:
        return "ALREADYEXISTS";
    case Errc::OverQuota:
        return "OVERQUOTA";
    case Errc::NoPermission:
    case Errc::ReadOnly:
        return "NOPERM";
    case Errc::Busy:
    case Errc::Timeout:
        return "INUSE";
    case Errc::Limit:
        return "LIMIT";
    case Errc::Cannot:
    case Errc::Unsupported:
        return "CANNOT";
    case Errc::Corrupt:
        return "CORRUPTION";
    case Errc::Internal:
        return "SERVERBUG";
    case Errc::Io:
    case Errc::Gone:
    case Errc::NoSpace: // the site's trouble, not the user's quota
        return "UNAVAILABLE";
    case Errc::Refused:
    case Errc::Syntax:
        break;
    }
    return {};
}

} // namespace

Reply Reply::from(const base::Error& error)
{
    Reply reply = no(error.text.empty() ? "The command failed" : error.text);
    // What an error quotes may come from a client or a disk: resp-text is one line of
    // TEXT-CHAR (RFC 9051 §9).
    for (char& c : reply.text_) {
        if (c < ' ' || c > '~')
            c = '?';
    }
    const std::string_view code = code_for(error.code);
    return code.empty() ? reply : std::move(reply).code(code);
}

Reply Reply::code(std::string_view name, std::string_view arguments) &&
{
    code_ = name;
    if (!arguments.empty()) {
        code_ += ' ';
        code_ += arguments;
    }
    return std::move(*this);
}

std::string Reply::to_text() const
{
    std::string text = kind_ == Kind::Ok ? "OK" : kind_ == Kind::No ? "NO" : "BAD";
    if (!code_.empty())
        text += " [" + code_ + "]";
    return text + " " + text_;
}

} // namespace imapd
