// SPDX-License-Identifier: ISC
#include "password_tool.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string_view>

#include <termios.h>
#include <unistd.h>

#include "auth/authenticator.h"
#include "auth/password.h"
#include "base/random.h"
#include "base/scope_exit.h"

namespace imapd {
namespace {

constexpr int exit_failure = 1;
constexpr int exit_usage = 64; // EX_USAGE

/// What a signal must not do while the terminal shows nothing: end us before it is as
/// it was again.
constexpr int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
volatile std::sig_atomic_t interrupted = 0;

void on_signal(int)
{
    interrupted = 1;
}

void wipe(std::string& secret)
{
    ::explicit_bzero(secret.data(), secret.size());
}

/// A line of the standard input, without its end. Nothing if there is none, or if it is
/// longer than a password can be.
std::optional<std::string> read_line()
{
    std::string line;
    line.reserve(auth::max_password + 1); // so that no copy of it stays behind
    for (;;) {
        char c = 0;
        const ssize_t n = ::read(STDIN_FILENO, &c, 1);
        if (n < 0 && errno == EINTR && interrupted == 0)
            continue;
        if (n < 0 || (n == 0 && line.empty()) || line.size() > auth::max_password) {
            wipe(line);
            return std::nullopt;
        }
        if (n == 0 || c == '\n')
            break;
        line += c;
    }
    if (line.ends_with('\r'))
        line.pop_back();
    return line;
}

std::optional<std::string> read_unseen(const char* prompt)
{
    termios before = {};
    if (::tcgetattr(STDIN_FILENO, &before) != 0)
        return read_line();
    struct sigaction action = {};
    action.sa_handler = on_signal; // without SA_RESTART: it ends the read
    for (const int signal : signals)
        ::sigaction(signal, &action, nullptr);
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    // In this order: the change forgets what was typed before it, and would forget what
    // a program types as soon as it sees the prompt.
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    std::fputs(prompt, stderr);
    const base::ScopeExit restore([&] {
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        std::fputc('\n', stderr);
    });
    return read_line();
}

int complain(const std::string& text)
{
    std::fprintf(stderr, "imapd: %s\n", text.c_str());
    return exit_failure;
}

} // namespace

int make_password(const std::string& scheme)
{
    auto password = read_unseen("New password: ");
    if (!password)
        return complain("no password");
    const base::ScopeExit forget([&] { wipe(*password); });
    if (::isatty(STDIN_FILENO) == 1) {
        auto again = read_unseen("The same again: ");
        const bool same = again == password;
        if (again)
            wipe(*again);
        if (!same)
            return complain("they differ");
    }
    base::SystemRandom random;
    const auto stored = auth::make_stored(scheme, *password, random);
    if (!stored) {
        std::string known;
        for (const std::string_view name : auth::schemes_to_make)
            known += " " + std::string(name);
        static_cast<void>(complain(stored.error().text));
        if (stored.error().code != base::Errc::Unsupported)
            return exit_failure;
        std::fprintf(stderr, "imapd: there are%s\n", known.c_str());
        return exit_usage;
    }
    std::printf("%s\n", stored->c_str());
    return std::fflush(stdout) == 0 ? 0 : exit_failure;
}

int try_password(const std::string& user, const config::Settings& settings)
{
    auto password = read_unseen("Password: ");
    if (!password)
        return complain("no password");
    const base::ScopeExit forget([&] { wipe(*password); });
    const auto identity = auth::Authenticator(settings).verify(user, *password);
    if (!identity)
        return complain(user + ": " + identity.error().text);
    std::printf("user=%s uid=%u gid=%u home=%s mail=%s\n", identity->user.c_str(),
                identity->uid, identity->gid, identity->home.c_str(),
                identity->mail.c_str());
    if (!identity->label.empty())
        std::printf("label=%s\n", identity->label.c_str());
    return std::fflush(stdout) == 0 ? 0 : exit_failure;
}

} // namespace imapd
