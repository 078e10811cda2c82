// SPDX-License-Identifier: ISC
#include "mailbox/wire_size.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "io/file.h"
#include "mailbox/mailbox.h"
#include "mailbox/store.h"

namespace mailbox {

namespace {

/// So many sizes go into the index at a time.
constexpr std::size_t batch = 512;

} // namespace

base::Result<std::uint64_t> count_wire_octets(int fd)
{
    std::vector<char> buffer(65536);
    std::uint64_t octets = 0;
    std::uint64_t offset = 0;
    char last = '\0';
    for (;;) {
        const auto size = io::read_at(fd, buffer, offset);
        if (!size)
            return size.error();
        if (*size == 0)
            return octets;
        const std::string_view given(buffer.data(), *size);
        octets += given.size();
        for (std::size_t at = given.find('\n'); at != std::string_view::npos;
             at = given.find('\n', at + 1))
            octets += (at > 0 ? given[at - 1] : last) == '\r' ? 0 : 1;
        last = given.back();
        offset += given.size();
    }
}

base::Result<std::uint64_t> Mailbox::wire_octets()
{
    std::uint64_t octets = 0;
    std::vector<Uid> unknown;
    const Uid end = uid_next();
    index().read().for_each(folder_id_, 1, end - 1,
                            [&](const indexing::MessageView& message) {
                                octets += message.wire_octets;
                                if (message.wire_octets == 0 && message.octets != 0)
                                    unknown.push_back(message.uid);
                            });
    std::vector<std::pair<Uid, std::uint64_t>> counted;
    for (const Uid uid : unknown) {
        const auto file = message(uid);
        if (!file && file.error().code == base::Errc::NotFound)
            continue; // gone meanwhile
        if (!file)
            return file.error();
        const auto size = count_wire_octets(file->fd.get());
        if (!size)
            return size.error();
        octets += *size;
        counted.emplace_back(uid, *size);
        if (counted.size() == batch) {
            remember_wire_octets(counted);
            counted.clear();
        }
    }
    remember_wire_octets(counted);
    return octets;
}

} // namespace mailbox
