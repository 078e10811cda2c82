// SPDX-License-Identifier: ISC
#include "maildir/uidlist_tail.h"

#include <string>

#include <fcntl.h>
#include <unistd.h>

#include "io/file.h"

namespace maildir {

using base::Errc;
using base::Error;

base::Result<FileStamp> append_uid_lines(int folder_fd, const FileStamp& known,
                                         std::span<const UidList::Line> lines)
{
    const auto now = FileStamp::of(folder_fd, UidList::file_name);
    if (!now || *now != known || known.size == 0)
        return Error{Errc::Busy, "dovecot-uidlist has changed"};
    auto file = io::open_at(folder_fd, UidList::file_name, O_RDWR | O_APPEND);
    if (!file)
        return file.error();
    char last = 0;
    const auto read = io::read_at(file->get(), {&last, 1}, known.size - 1);
    if (!read || *read != 1 || last != '\n')
        return Error{Errc::Busy, "dovecot-uidlist ends in a torn line"};

    std::string text;
    for (const UidList::Line& line : lines) {
        if (!UidList::can_hold(line.base)) // a line feed would be taken for a line
            return Error{Errc::Cannot, "not a base name: " + line.base};
        text += std::to_string(line.uid);
        if (!line.fields.empty())
            text += ' ' + line.fields;
        text += " :" + line.base + '\n';
    }
    auto done = io::write_all(file->get(), text);
    if (done)
        done = io::sync_data(file->get());
    if (!done) { // leave no half a line behind
        [[maybe_unused]] const int cut =
            ::ftruncate(file->get(), static_cast<off_t>(known.size));
        return done.error();
    }
    return FileStamp::of(folder_fd, UidList::file_name);
}

} // namespace maildir
