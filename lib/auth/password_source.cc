// SPDX-License-Identifier: ISC
#include "auth/password_source.h"

#include "auth/password.h"

namespace auth {

using base::Errc;
using base::Error;

base::Result<PasswdFile> load_passwd_file(const std::string& path)
{
    auto file = PasswdFile::load(path);
    if (!file && file.error().code == Errc::NotFound)
        return Error{Errc::Io, file.error().text, file.error().system_error};
    return file;
}

base::Result<PasswdEntry> find_entry(const PasswdFile& file, std::string_view user)
{
    auto entry = file.find(user);
    if (!entry && entry.error().code != Errc::NotFound)
        return Error{Errc::Cannot, entry.error().text, 0};
    return entry;
}

bool PasswdFileSource::counts(std::string_view stored) const
{
    return weak_ == config::WeakSchemes::Allowed || !is_weak(stored);
}

base::Result<PasswdEntry>
PasswdFileSource::check(std::string_view user, std::string_view password,
                        const Circumstances& circumstances) const
{
    const auto file = load_passwd_file(path_);
    if (!file)
        return file.error();
    auto entry = find_entry(*file, user);
    const auto turn = base::take_turn(hashing_);
    if (!entry || entry->is_locked())
        verify_in_vain(file->decoy(), password);
    if (!entry)
        return entry;

    bool is_right = counts(entry->password) && verify(entry->password, password);
    for (const ApplicationPassword& other : entry->application_passwords) {
        if (is_right)
            break;
        if (other.is_for(circumstances) && counts(other.password) &&
            verify(other.password, password)) {
            entry->label = other.label;
            is_right = true;
        }
    }
    if (!is_right && !counts(entry->password))
        return Error{Errc::Refused, "a password by a weak scheme ([auth] weak-schemes)",
                     0};
    if (!is_right)
        return Error{Errc::Refused, "wrong password", 0};
    if (auto admitted = entry->admits(circumstances); !admitted)
        return admitted.error();
    return entry;
}

std::vector<std::string> PasswdFileSource::complaints() const
{
    const auto file = PasswdFile::load(path_);
    if (!file)
        return {file.error().text};
    return file->complaints(weak_);
}

} // namespace auth
