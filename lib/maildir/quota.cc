// SPDX-License-Identifier: ISC
#include "maildir/quota.h"

#include <algorithm>
#include <cerrno>
#include <charconv>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"
#include "maildir/name.h"
#include "maildir/scan.h"

namespace maildir {

using base::Done;
using base::Errc;
using base::Error;
using base::Result;
using base::Status;

namespace {

/// A file that is not ours may be larger than `max_octets`; we look no further.
constexpr std::size_t max_read = std::size_t{1} << 20;
/// No usage is beyond this, so that sums cannot overflow.
constexpr std::int64_t max_amount = std::int64_t{1} << 60;

/// A number at the beginning of `text`, which loses it.
template <class T>
std::optional<T> take_number(std::string_view& text)
{
    T value = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc())
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

void skip_blanks(std::string_view& text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
}

/// One `octets messages` line; other programs pad the numbers with blanks.
std::optional<QuotaUsage> parse_amounts(std::string_view line)
{
    skip_blanks(line);
    const auto octets = take_number<std::int64_t>(line);
    const bool is_separated = !line.empty() && (line[0] == ' ' || line[0] == '\t');
    skip_blanks(line);
    const auto messages = take_number<std::int64_t>(line);
    skip_blanks(line);
    if (!octets || !messages || !is_separated || !line.empty())
        return std::nullopt;
    if (*octets > max_amount || *octets < -max_amount || *messages > max_amount ||
        *messages < -max_amount)
        return std::nullopt;
    return QuotaUsage{*octets, *messages};
}

/// Numbers padded to one width, as Courier writes them.
std::string line_of(const QuotaUsage& usage)
{
    std::string octets = std::to_string(usage.octets);
    std::string messages = std::to_string(usage.messages);
    octets.insert(0, octets.size() < 9 ? 9 - octets.size() : 0, ' ');
    messages.insert(0, messages.size() < 4 ? 4 - messages.size() : 0, ' ');
    return octets + ' ' + messages + '\n';
}

bool exceeds(std::int64_t used, std::int64_t more, std::uint64_t limit)
{
    return limit != 0 && more > 0 && used + more > static_cast<std::int64_t>(limit);
}

bool exceeds(const QuotaUsage& used, const QuotaUsage& more, const QuotaLimits& limits)
{
    return exceeds(used.octets, more.octets, limits.octets) ||
           exceeds(used.messages, more.messages, limits.messages);
}

/// What one directory holds. What vanishes while we look was never there.
Result<QuotaUsage> usage_of(const Folder& folder, Where where, const base::Clock& clock)
{
    QuotaUsage usage;
    const auto listing = scan(folder, where, clock);
    if (!listing && listing.error().code == Errc::NotFound)
        return usage;
    if (!listing)
        return listing.error();
    for (const Sighting& message : listing->sightings()) {
        auto octets = size_in(message.name);
        if (!octets) {
            const auto facts = folder.stat(where, std::string(message.name));
            if (!facts)
                continue;
            octets = facts->size;
        }
        // A name can lie.
        usage.octets +=
            static_cast<std::int64_t>(std::min(*octets, std::uint64_t{1} << 40));
        ++usage.messages;
    }
    return usage;
}

} // namespace

QuotaLimits QuotaLimits::parse(std::string_view text)
{
    QuotaLimits limits;
    while (!text.empty()) {
        std::string_view member = text.substr(0, text.find(','));
        text.remove_prefix(std::min(member.size() + 1, text.size()));
        skip_blanks(member);
        const auto value = take_number<std::uint64_t>(member);
        if (!value || *value > static_cast<std::uint64_t>(max_amount))
            continue;
        if (member == "S")
            limits.octets = *value;
        else if (member == "C")
            limits.messages = *value;
    }
    return limits;
}

std::string QuotaLimits::to_text() const
{
    std::string text;
    if (octets != 0)
        text = std::to_string(octets) + "S";
    if (messages != 0)
        text += (text.empty() ? "" : ",") + std::to_string(messages) + "C";
    return text;
}

MaildirSize MaildirSize::parse(std::string_view text)
{
    MaildirSize parsed;
    const auto end = text.find('\n');
    if (end == std::string_view::npos) { // not even one whole line
        parsed.is_damaged = true;
        return parsed;
    }
    parsed.definition = text.substr(0, end);
    text.remove_prefix(end + 1);
    while (!text.empty()) {
        const auto line_end = text.find('\n');
        const auto amounts = parse_amounts(text.substr(0, line_end));
        if (!amounts || line_end == std::string_view::npos) {
            parsed.is_damaged = true;
            return parsed;
        }
        parsed.usage.octets += amounts->octets;
        parsed.usage.messages += amounts->messages;
        ++parsed.lines;
        text.remove_prefix(line_end + 1);
        if (parsed.usage.octets > max_amount || parsed.usage.octets < -max_amount ||
            parsed.usage.messages > max_amount || parsed.usage.messages < -max_amount)
            break;
    }
    parsed.is_damaged = !text.empty() || parsed.lines == 0 || parsed.usage.octets < 0 ||
                        parsed.usage.messages < 0;
    return parsed;
}

/// Most Maildirs have no such file, and an `Error` about it costs more than this.
bool Quota::has_file() const
{
    return ::faccessat(tree_->fd(), file_name, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ||
           errno != ENOENT;
}

Result<Quota::File> Quota::load() const
{
    File file;
    if (!has_file())
        return file;
    // O_NONBLOCK: a FIFO keeps nobody waiting. It means nothing for regular files.
    auto fd = io::open_at(tree_->fd(), file_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!fd && fd.error().code == Errc::NotFound)
        return file;
    if (!fd)
        return fd.error();
    struct stat status = {};
    if (::fstat(fd->get(), &status) != 0)
        return Error::from_errno("fstat", file_name);
    const auto text = io::read_whole(fd->get(), max_read);
    if (!text && text.error().code != Errc::Limit)
        return text.error();
    file.exists = true;
    file.octets = static_cast<std::size_t>(status.st_size);
    file.changed_us = status.st_mtim.tv_sec * std::int64_t{1'000'000};
    if (text)
        file.content = MaildirSize::parse(*text);
    else
        file.content.is_damaged = true;
    return file;
}

QuotaLimits Quota::limits_of(const File& file) const
{
    const auto limits = QuotaLimits::parse(file.content.definition);
    return limits.is_none() ? fallback_ : limits;
}

Result<QuotaUsage> Quota::count() const
{
    const auto folders = tree_->list();
    if (!folders)
        return folders.error();
    QuotaUsage usage;
    for (const std::string& name : *folders) {
        const auto folder = tree_->folder(name);
        if (!folder && folder.error().code == Errc::NotFound)
            continue; // removed meanwhile
        if (!folder)
            return folder.error();
        for (const Where where : {Where::New, Where::Cur}) {
            const auto held = usage_of(*folder, where, *clock_);
            if (!held)
                return held.error();
            usage.octets += held->octets;
            usage.messages += held->messages;
        }
    }
    return usage;
}

/// What stands in the file as its definition stays there. A file that we make has an
/// empty one: limits that come from a configuration must go on coming from there, or
/// they would count as the user's own once they have been changed.
Result<QuotaUsage> Quota::write_anew(const File& file) const
{
    const auto usage = count();
    if (!usage)
        return usage.error();
    const auto done = io::replace_file_at(
        tree_->fd(), file_name, file.content.definition + '\n' + line_of(*usage));
    if (!done)
        return done.error();
    return *usage;
}

Result<std::optional<Quota::State>> Quota::state() const
{
    const auto file = load();
    if (!file)
        return file.error();
    const QuotaLimits limits = limits_of(*file);
    if (limits.is_none())
        return std::optional<State>();
    if (file->exists && !file->content.is_damaged && file->octets <= max_octets)
        return std::optional(State{limits, file->content.usage});
    const auto usage = write_anew(*file);
    if (!usage)
        return usage.error();
    return std::optional(State{limits, *usage});
}

Status Quota::check(const QuotaUsage& more) const
{
    const auto state = this->state();
    if (!state)
        return state.error();
    if (!*state || !exceeds((*state)->usage, more, (*state)->limits))
        return Done{};
    // Before we refuse: somebody may have removed mail and not told of it.
    const auto file = load();
    if (file && clock_->wall_us() - file->changed_us > trusted_us) {
        const auto usage = write_anew(*file);
        if (!usage)
            return usage.error();
        if (!exceeds(*usage, more, (*state)->limits))
            return Done{};
    }
    return Error{Errc::OverQuota, "There is no room for it in the quota", 0};
}

void Quota::add(const QuotaUsage& change) const
{
    if (!has_file())
        return;
    // One write(2) with O_APPEND: no lock is needed, and no line is torn.
    const auto fd = io::open_at(tree_->fd(), file_name,
                                O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK);
    if (fd)
        static_cast<void>(io::write_all(fd->get(), line_of(change)));
}

Status Quota::recount() const
{
    const auto file = load();
    if (!file)
        return file.error();
    if (!file->exists && limits_of(*file).is_none())
        return Done{};
    const auto usage = write_anew(*file);
    if (!usage)
        return usage.error();
    return Done{};
}

} // namespace maildir
