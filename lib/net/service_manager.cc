// SPDX-License-Identifier: ISC
#include "net/service_manager.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace net {
namespace {

/// Where passed descriptors begin: SD_LISTEN_FDS_START.
constexpr int first_passed = 3;
constexpr int max_passed = 64;

int number_of(const char* variable)
{
    const char* const text = std::getenv(variable);
    int value = 0;
    if (text != nullptr)
        std::from_chars(text, text + std::strlen(text), value);
    return value;
}

} // namespace

std::vector<PassedSocket> passed_sockets()
{
    std::vector<PassedSocket> sockets;
    const int count = number_of("LISTEN_FDS");
    const char* const listed = std::getenv("LISTEN_FDNAMES");
    std::string_view names = listed == nullptr ? "" : listed;
    if (number_of("LISTEN_PID") == ::getpid() && count > 0 && count <= max_passed) {
        for (int fd = first_passed; fd < first_passed + count; ++fd) {
            const auto name = names.substr(0, names.find(':'));
            names.remove_prefix(std::min(name.size() + 1, names.size()));
            ::fcntl(fd, F_SETFD, FD_CLOEXEC);
            sockets.push_back({base::UniqueFd(fd), std::string(name)});
        }
    }
    for (const char* const variable : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"})
        ::unsetenv(variable);
    return sockets;
}

void notify(std::string_view state)
{
    const char* const path = std::getenv("NOTIFY_SOCKET");
    sockaddr_un address = {};
    if (path == nullptr || (path[0] != '/' && path[0] != '@') ||
        std::strlen(path) >= sizeof address.sun_path)
        return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path, std::strlen(path));
    if (path[0] == '@') // an abstract name
        address.sun_path[0] = '\0';
    const base::UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto size =
        static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(path));
    static_cast<void>(::sendto(socket.get(), state.data(), state.size(),
                               MSG_NOSIGNAL | MSG_DONTWAIT,
                               reinterpret_cast<const sockaddr*>(&address), size));
}

} // namespace net
