// SPDX-License-Identifier: ISC
#include "deliver/duplicates.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/sha256.h"
#include "deliver/digest.h"
#include "io/file.h"
#include "mime/header.h"

namespace deliver {
namespace {

using base::Errc;

struct Line {
    std::int64_t time = 0;
    std::string_view key;
};

std::optional<Line> parse(std::string_view text)
{
    Line line;
    const auto [end, failure] =
        std::from_chars(text.data(), text.data() + text.size(), line.time);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (failure != std::errc() || !text.starts_with(' '))
        return std::nullopt;
    line.key = text.substr(1);
    return line;
}

std::string_view take_line(std::string_view& rest)
{
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    return line;
}

} // namespace

DuplicateKey key_by_message_id(std::string_view head)
{
    const auto header = mime::Header::parse(head);
    const auto fields = header.fields("Message-ID");
    if (fields.size() != 1)
        return {};
    std::string identifier = fields.front()->value();
    while (!identifier.empty() &&
           (identifier.back() == ' ' || identifier.back() == '\t'))
        identifier.pop_back();
    if (identifier.empty())
        return {};
    base::Sha256 digest;
    digest.feed(identifier);
    return to_hex(digest.finish());
}

base::Result<base::UniqueFd> DeliveredBefore::lock(const DuplicateKey& key) const
{
    auto file = io::open_at(root_fd_, lock_name, O_RDWR | O_CREAT | O_NOFOLLOW);
    if (!file)
        return file;
    // An octet of the file for each key, though there are none in it. The lock is the
    // process's: it does not wait for itself where a message has two recipients here.
    constexpr std::size_t digits = 15; // of a positive off_t
    struct flock range = {};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    range.l_len = 1;
    std::from_chars(key.data(), key.data() + std::min(key.size(), digits),
                    range.l_start, 16);
    while (::fcntl(file->get(), F_SETLKW, &range) != 0)
        if (errno != EINTR)
            return base::Error::from_errno("fcntl", lock_name);
    return file;
}

base::Result<bool> DeliveredBefore::has(const DuplicateKey& key) const
{
    const auto text = io::read_file_at(root_fd_, file_name, 4 * max_octets);
    if (!text && text.error().code == Errc::NotFound)
        return false;
    if (!text)
        return text.error();
    std::string_view rest = *text;
    while (!rest.empty()) {
        const auto line = parse(take_line(rest));
        if (line && line->key == key && line->time > now_ - window_)
            return true;
    }
    return false;
}

base::Status DeliveredBefore::note(const DuplicateKey& key) const
{
    const auto file =
        io::open_at(root_fd_, file_name, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW);
    if (!file)
        return file.error();
    // One write(2) with O_APPEND: no line is torn.
    const std::string line = std::to_string(now_) + ' ' + key + '\n';
    if (auto done = io::write_all(file->get(), line); !done)
        return done;
    struct stat status = {};
    if (::fstat(file->get(), &status) != 0 ||
        static_cast<std::size_t>(status.st_size) <= max_octets)
        return base::Done{};
    const auto text = io::read_file_at(root_fd_, file_name, 4 * max_octets);
    return io::replace_file_at(root_fd_, file_name,
                               text ? shortened(*text, now_ - window_) : line);
}

std::string DeliveredBefore::shortened(std::string_view text, std::int64_t since)
{
    std::string kept;
    while (!text.empty()) {
        const auto whole = take_line(text);
        const auto line = parse(whole);
        if (line && line->time > since) {
            kept += whole;
            kept += '\n';
        }
    }
    if (kept.size() > max_octets / 2)
        kept.erase(0, kept.find('\n', kept.size() - max_octets / 2) + 1);
    return kept;
}

} // namespace deliver
