// SPDX-License-Identifier: ISC
#include "maildir/doomed.h"

#include <algorithm>
#include <cerrno>
#include <set>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "io/file.h"
#include "maildir/list_directory.h"
#include "maildir/name.h"

namespace maildir {

using base::Done;
using base::Errc;
using base::Error;
using base::Status;

namespace {

/// A command names fewer messages than would fill this.
constexpr std::size_t max_octets = std::size_t{1} << 30;

/// A torn last line is of a list that was not finished: nothing has come in yet.
std::set<std::string, std::less<>> parse(std::string_view text)
{
    std::set<std::string, std::less<>> bases;
    for (auto end = text.find('\n'); end != std::string_view::npos;
         end = text.find('\n')) {
        bases.emplace(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return bases;
}

} // namespace

Status doom(const Folder& folder, const std::vector<std::string>& bases)
{
    std::string text;
    for (const std::string& base : bases)
        text += base + '\n';
    const auto file = io::open_at(folder.fd(), doomed_file,
                                  O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    if (!file)
        return file.error();
    Status done = io::write_all(file->get(), text);
    if (done)
        done = io::sync(file->get());
    if (done)
        done = io::sync(folder.fd());
    if (!done) // half a list would be worse than none
        static_cast<void>(::unlinkat(folder.fd(), doomed_file, 0));
    return done;
}

Status spare(const Folder& folder)
{
    if (::unlinkat(folder.fd(), doomed_file, 0) != 0)
        return errno == ENOENT ? Status(Done{})
                               : Error::from_errno("unlink", doomed_file);
    return io::sync(folder.fd());
}

Status remove_doomed(const Folder& folder)
{
    const auto text = io::read_file_at(folder.fd(), doomed_file, max_octets);
    if (!text && text.error().code == Errc::NotFound)
        return Done{};
    if (!text)
        return text.error();
    const auto bases = parse(*text);
    for (const Where where : {Where::New, Where::Cur}) {
        const auto names = list_directory(folder.fd(where));
        if (!names)
            return names.error();
        for (const std::string& name : *names) {
            if (!bases.contains(base_of(name)))
                continue;
            const auto removed = folder.remove(where, name);
            if (!removed && removed.error().code != Errc::NotFound)
                return removed;
        }
    }
    if (auto synced = folder.sync_directories(); !synced)
        return synced;
    return spare(folder);
}

} // namespace maildir
