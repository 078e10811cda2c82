// SPDX-License-Identifier: ISC
/// \file
/// imapd-login: TLS, and all that comes before authentication. Executed by imapd,
/// never by hand.
///
/// It is executed once, as the zygote of all login processes, and finds its settings
/// and its sockets in the descriptors that `ipc::LoginFd` names. Order: settings, what
/// needs files, empty root, unprivileged user, limits, system calls, clients (R13).

#include <csignal>
#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <string_view>

#include <unistd.h>

#include "base/memory.h"
#include "config/settings.h"
#include "io/file.h"
#include "io/signals.h"
#include "ipc/login.h"
#include "log/log.h"
#include "log/sink.h"
#include "login/zygote.h"
#include "sandbox/drop.h"
#include "sandbox/landlock.h"
#include "sandbox/limits.h"
#include "sandbox/seccomp.h"

namespace {

constexpr int exit_usage = 64;
constexpr int exit_software = 70;
constexpr int exit_config = 78;

volatile std::sig_atomic_t stop_requested = 0;

void on_stop(int)
{
    stop_requested = 1;
}
void on_child(int)
{
}

/// Blocks what we want to hear of, but for waits. Gives the mask of those.
sigset_t prepare_signals()
{
    io::handle_signals({SIGTERM, SIGINT}, on_stop);
    io::handle_signals({SIGCHLD}, on_child);
    io::handle_signals({SIGPIPE, SIGHUP}, SIG_IGN); // a reload is the supervisor's
    return io::hold_signals_back({SIGTERM, SIGINT, SIGCHLD});
}

base::Result<ipc::LoginSettings> read_settings()
{
    base::UniqueFd memory(static_cast<int>(ipc::LoginFd::Settings));
    auto text = io::read_whole(memory.get(), 16 * ipc::LoginSettings::max_octets);
    if (!text)
        return text.error();
    auto settings = ipc::LoginSettings::decode(*text);
    ::explicit_bzero(text->data(), text->size());
    return settings;
}

base::Status give_up_rights(const ipc::LoginSettings& settings)
{
    if (settings.uid != 0) {
        if (auto done = sandbox::jail_empty(); !done)
            return done;
        if (auto done = sandbox::drop_to(settings.uid, settings.gid); !done)
            return done;
    }
    if (auto done = sandbox::no_new_privileges(); !done)
        return done;
    // The empty root has no names for sockets, but the network's name space has some
    // ("abstract" ones). Where the kernel cannot do that, imapd has said so.
    if (auto done = sandbox::confine({});
        !done && done.error().code != base::Errc::Unsupported)
        return done;
    return sandbox::limit_core();
}

/// With all certificates; the keys in `received` are gone afterwards.
base::Result<tls::Server> make_server(ipc::LoginSettings& received)
{
    const auto wipe = [](std::string& key) {
        ::explicit_bzero(key.data(), key.size());
    };
    auto server = tls::Server::create({received.certificate, received.private_key});
    wipe(received.private_key);
    if (server && !received.client_ca.empty()) {
        if (auto asked = server->ask_for_certificates(received.client_ca); !asked)
            server = asked.error();
    }
    for (ipc::LoginSettings::Named& named : received.names) {
        if (server) {
            auto added =
                server->add(named.name, {named.certificate, named.private_key});
            if (!added)
                server = base::Error{added.error().code,
                                     "[tls " + named.name + "]: " + added.error().text};
        }
        wipe(named.private_key);
    }
    return server;
}

/// The filter of a role; none where this system has no such thing: imapd has said so.
base::Result<std::optional<sandbox::Filter>> filter_of(sandbox::Role role)
{
    auto filter = sandbox::Filter::compile(role);
    if (!filter && filter.error().code != base::Errc::Unsupported)
        return filter.error();
    if (!filter)
        return std::optional<sandbox::Filter>();
    return std::optional(std::move(*filter));
}

int fail(const base::Error& error, int status)
{
    logging::Log().error("cannot-start",
                         {{"program", "imapd-login"}, {"reason", error.text}});
    return status;
}

int run()
{
    auto received = read_settings();
    if (!received)
        return fail(received.error(), exit_usage);
    const auto settings = config::Settings::parse(received->settings, "settings");
    if (!settings)
        return fail(settings.error(), exit_config);

    std::optional<tls::Server> server;
    if (!received->certificate.empty()) {
        auto made = make_server(*received);
        if (!made)
            return fail(made.error(), exit_config);
        server.emplace(std::move(*made));
        server->rehearse();
    }

    ipc::Channel control(base::UniqueFd(static_cast<int>(ipc::LoginFd::Control)));
    ipc::Channel requests(base::UniqueFd(static_cast<int>(ipc::LoginFd::Requests)));
    login::Common common = {};
    common.settings = &*settings;
    common.tls = server ? &*server : nullptr;
    common.requests = &requests;
    common.while_waiting = prepare_signals();
    common.stop = &stop_requested;

    const auto own = filter_of(sandbox::Role::LoginZygote);
    const auto of_children = filter_of(sandbox::Role::Login);
    if (!own || !of_children)
        return fail(own ? of_children.error() : own.error(), exit_software);
    common.filter = *of_children ? &**of_children : nullptr;

    if (auto done = give_up_rights(*received); !done)
        return fail(done.error(), exit_software);
    if (*own) {
        if (auto done = (*own)->apply(); !done)
            return fail(done.error(), exit_software);
    }
    base::fill_holes();
    login::Zygote(std::move(control), std::move(common)).run();
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    std::unique_ptr<logging::Sink> sink;
    if (argc > 1 && std::string_view(argv[1]) == "-e")
        sink = std::make_unique<logging::StderrSink>("imapd-login");
    else
        sink = std::make_unique<logging::SyslogSink>("imapd-login");
    logging::set_sink(sink.get());
    int status = exit_software;
    try {
        status = run();
    } catch (const std::exception& error) {
        logging::Log().error("internal-error", {{"text", error.what()}});
    }
    // Without exit handlers: what libraries register there may want files, and there
    // are none in an empty root.
    ::_exit(status);
}
