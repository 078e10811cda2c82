// SPDX-License-Identifier: ISC
#include "watch/watcher.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include <sys/inotify.h>
#include <unistd.h>

#include "io/file.h"

namespace watch {

namespace {

constexpr std::uint32_t in_both = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                                  IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

/// In `cur/` files are renamed, never written, so nobody wants to hear of it.
std::uint32_t mask_of(Place place)
{
    return place == Place::New ? in_both | IN_CLOSE_WRITE : in_both;
}

struct Named {
    std::uint32_t bit;
    Kind kind;
};
/// IN_IGNORED follows DELETE_SELF and the end of a mount, and is the only word of a
/// watch that the kernel has dropped for reasons of its own.
constexpr Named kinds[] = {
    {IN_CREATE, Kind::Created},      {IN_MOVED_TO, Kind::MovedIn},
    {IN_MOVED_FROM, Kind::MovedOut}, {IN_DELETE, Kind::Deleted},
    {IN_CLOSE_WRITE, Kind::Closed},  {IN_DELETE_SELF, Kind::SelfGone},
    {IN_MOVE_SELF, Kind::SelfGone},  {IN_UNMOUNT, Kind::SelfGone},
    {IN_IGNORED, Kind::SelfGone},
};

/// The error for `errno` after an inotify call. What a user has used up is Limit, so
/// that nobody takes ENOSPC for a full disk.
base::Error refusal(std::string_view call, std::string_view object)
{
    base::Error error = base::Error::from_errno(call, object);
    switch (error.system_error) {
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOSPC:
        error.code = base::Errc::Limit;
        break;
    default:
        break;
    }
    return error;
}

} // namespace

base::Result<Watcher> Watcher::open()
{
    base::UniqueFd inotify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!inotify)
        return refusal("inotify_init1", "fs.inotify.max_user_instances");
    return Watcher(std::move(inotify));
}

base::Result<Token> Watcher::add(int new_fd, int cur_fd)
{
    const Token token{++last_token_};
    base::Status added = watch(new_fd, {token, Place::New});
    if (added)
        added = watch(cur_fd, {token, Place::Cur});
    if (!added) {
        remove(token);
        return added.error();
    }
    return token;
}

base::Result<Token> Watcher::add_directory(int fd)
{
    const Token token{++last_token_};
    if (auto added = watch(fd, {token, Place::Other}); !added)
        return added.error();
    return token;
}

base::Status Watcher::watch(int fd, Watch watch)
{
    // inotify takes a path only; this one leads to the directory itself, whatever it
    // is called by now.
    const std::string path = "/proc/self/fd/" + std::to_string(fd);
    // A mask given without IN_MASK_ADD would take the place of an earlier one.
    const int descriptor = ::inotify_add_watch(inotify_.get(), path.c_str(),
                                               mask_of(watch.place) | IN_MASK_ADD);
    if (descriptor < 0) {
        base::Error error = refusal("inotify_add_watch", "fs.inotify.max_user_watches");
        if (error.code == base::Errc::NotFound && ::access("/proc/self/fd", F_OK) != 0)
            return base::Error{base::Errc::Unsupported,
                               "Folders cannot be watched: /proc is not mounted"};
        return error;
    }
    watches_[descriptor].push_back(watch);
    return base::Done{};
}

void Watcher::remove(Token token)
{
    for (auto at = watches_.begin(); at != watches_.end();) {
        std::erase_if(at->second, [token](const Watch& w) { return w.token == token; });
        if (!at->second.empty()) {
            ++at;
            continue;
        }
        // Fails if the directory is gone, and its watch with it.
        ::inotify_rm_watch(inotify_.get(), at->first);
        at = watches_.erase(at);
    }
}

Events Watcher::drain()
{
    alignas(inotify_event) std::array<char, read_octets> buffer;
    Events events;
    while (events.events.size() < max_events) {
        const auto got = io::read(inotify_.get(), buffer);
        if (!got) {
            // EAGAIN is the end; with anything else we know nothing any more.
            events.overflow |= got.error().system_error != EAGAIN;
            break;
        }
        take({buffer.data(), *got}, events);
    }
    return events;
}

/// Takes apart what one read(2) gave: whole events only, as the kernel promises.
void Watcher::take(std::string_view bytes, Events& into)
{
    while (bytes.size() >= sizeof(inotify_event)) {
        inotify_event event = {};
        std::memcpy(&event, bytes.data(), sizeof event);
        bytes.remove_prefix(sizeof event);
        const std::string_view padded = bytes.substr(0, event.len);
        bytes.remove_prefix(padded.size());
        if ((event.mask & IN_Q_OVERFLOW) != 0)
            into.overflow = true;
        else
            tell(event.wd, event.mask, padded.substr(0, padded.find('\0')), into);
    }
}

/// Adds one event for everyone who watches that directory.
void Watcher::tell(int descriptor, std::uint32_t mask, std::string_view name,
                   Events& into)
{
    const auto at = watches_.find(descriptor);
    if (at == watches_.end())
        return; // removed since
    for (const Named& named : kinds) {
        if ((mask & named.bit) == 0)
            continue;
        for (Watch& watch : at->second) {
            if (named.kind == Kind::SelfGone && std::exchange(watch.is_gone, true))
                continue; // DELETE_SELF, then IGNORED: told once
            into.events.push_back(
                {watch.token, watch.place, named.kind, std::string(name)});
        }
    }
    if ((mask & IN_IGNORED) != 0)
        watches_.erase(at);
}

} // namespace watch
