// SPDX-License-Identifier: ISC
#include "auth/password_source.h"

#include "auth/password.h"

namespace auth {

using base::Errc;
using base::Error;

namespace {

/// For a login a file that is not there is a fault, not a user we do not know.
base::Result<PasswdFile> load(const std::string& path)
{
    auto file = PasswdFile::load(path);
    if (!file && file.error().code == Errc::NotFound)
        return Error{Errc::Io, file.error().text, file.error().system_error};
    return file;
}

} // namespace

base::Result<PasswdEntry> PasswdFileSource::find(std::string_view user) const
{
    const auto file = PasswdFile::load(path_);
    if (!file)
        return file.error();
    return file->find(user);
}

base::Result<PasswdEntry> PasswdFileSource::check(std::string_view user,
                                                  std::string_view password) const
{
    const auto file = load(path_);
    if (!file)
        return file.error();
    auto entry = file->find(user);
    if (!entry) {
        verify_in_vain(file->decoy(), password);
        return entry;
    }
    if (!verify(entry->password, password))
        return Error{Errc::Refused, "wrong password", 0};
    if (entry->login == PasswdEntry::Login::Forbidden)
        return Error{Errc::Refused, "this user may not log in (nologin)", 0};
    return entry;
}

std::vector<std::string> PasswdFileSource::complaints() const
{
    const auto file = PasswdFile::load(path_);
    if (!file)
        return {file.error().text};
    return file->complaints();
}

} // namespace auth
