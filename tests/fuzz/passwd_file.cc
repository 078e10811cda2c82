// SPDX-License-Identifier: ISC
/// \file
/// imapd-passwd: a line that is read whole belongs to the user it is found by, and
/// every user who is found has a name that can be part of a path.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auth/location.h"
#include "auth/passwd_file.h"
#include "auth/password.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto entry = auth::parse_passwd_line(text.substr(0, text.find('\n')));
    if (entry) {
        if (!auth::check_user(entry->user) ||
            (!entry->is_locked() && !auth::check_stored(entry->password)))
            std::abort();
        const auto mail = auth::expand_location(
            entry->mail.empty() ? "~/Maildir" : entry->mail, entry->user, entry->home);
        if (mail &&
            (mail->front() != '/' || (*mail + '/').find("/../") != std::string::npos))
            std::abort();
    }

    const auto application =
        auth::parse_application_line(text.substr(0, text.find('\n')));
    if (application && *application &&
        (!auth::check_user((*application)->user) ||
         !auth::check_stored((*application)->password.password)))
        std::abort();

    const auth::PasswdFile file(std::string(text), "f");
    if (file.complaints().size() > auth::PasswdFile::max_complaints)
        std::abort();
    if (const auto decoy = file.decoy(); !decoy.empty() && !auth::check_stored(decoy))
        std::abort();
    const std::string_view user = text.substr(0, text.find(':'));
    const auto found = file.find(user);
    if (found && !auth::check_user(found->user))
        std::abort();
    return 0;
}
