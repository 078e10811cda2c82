// SPDX-License-Identifier: ISC
/// \file
/// imapd: which of its roles, and how they are wired. See imapd(8).
///
/// The rooms below know nothing of each other: the supervisor forks an attempt, an
/// attempt becomes a session, and only here is it said what those are.

#include <cstdio>
#include <exception>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/authenticator.h"
#include "authenticate/attempt.h"
#include "authenticate/become.h"
#include "config/settings.h"
#include "io/file.h"
#include "log/log.h"
#include "log/seldom.h"
#include "log/sink.h"
#include "net/service_manager.h"
#include "options.h"
#include "password_tool.h"
#include "sandbox/landlock.h"
#include "sandbox/seccomp.h"
#include "session/start.h"
#include "supervisor/supervisor.h"

namespace imapd {
namespace {

constexpr int exit_usage = 64;    // EX_USAGE
constexpr int exit_software = 70; // EX_SOFTWARE
constexpr int exit_config = 78;   // EX_CONFIG
constexpr int exit_failure = 1;

/// Where log lines go, and how to get there again after descriptors were closed.
class Logging {
public:
    explicit Logging(Options::Log where) : where_(where) { open(); }
    ~Logging() { close(); }
    Logging(const Logging&) = delete;
    Logging& operator=(const Logging&) = delete;

    void open()
    {
        if (where_ == Options::Log::StandardError)
            sink_ = std::make_unique<logging::StderrSink>("imapd");
        else
            sink_ = std::make_unique<logging::SyslogSink>("imapd");
        logging::set_sink(sink_.get());
    }
    /// syslog(3) would go on to write to the number of its socket, whatever has got
    /// that number since: it must be told before descriptors are closed.
    void close()
    {
        logging::set_sink(nullptr);
        sink_.reset();
    }
    /// That sessions have to poll: all processes forked from here share it.
    const logging::Seldom& poll_warning() const { return poll_warning_; }

private:
    Options::Log where_;
    std::unique_ptr<logging::Sink> sink_;
    logging::Seldom poll_warning_;
};

/// A failure before anything works, where whoever started us sees it.
int fail(const Options& options, const base::Error& error, int status)
{
    if (options.role != Options::Role::Inetd) // there, it would go to the client
        std::fprintf(stderr, "imapd: %s\n", error.text.c_str());
    if (options.log == Options::Log::Syslog)
        logging::Log().error("cannot-start", {{"reason", error.text}});
    return status;
}

base::Result<config::Settings> load(const Options& options)
{
    auto settings = config::Settings::load(options.config_path);
    if (!settings && settings.error().code == base::Errc::NotFound &&
        options.config == Options::Config::Default)
        return config::Settings::defaults();
    return settings;
}

void put_null(int fd)
{
    const base::UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (null)
        ::dup2(null.get(), fd);
}

bool are_same_file(int one, int other)
{
    struct stat a = {};
    struct stat b = {};
    return ::fstat(one, &a) == 0 && ::fstat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

/// imapd-login: beside us in a build directory, in its own when installed.
std::string login_program()
{
    char path[4096];
    const ssize_t n = ::readlink("/proc/self/exe", path, sizeof path);
    if (n > 0) {
        const std::string_view self(path, static_cast<std::size_t>(n));
        const std::string beside =
            std::string(self.substr(0, self.rfind('/') + 1)) + "imapd-login";
        if (::access(beside.c_str(), X_OK) == 0)
            return beside;
    }
    return AVOCET_LIBEXECDIR "/imapd-login";
}

/// What this process, or those forked from it, may call: compiled once, and then
/// everybody's.
class Walls {
public:
    /// Says in the log what this system cannot do, once.
    explicit Walls(std::initializer_list<sandbox::Role> roles)
    {
        for (const sandbox::Role role : roles) {
            auto filter = sandbox::Filter::compile(role);
            if (filter)
                filters_.emplace(role, std::move(*filter));
            else if (role == sandbox::Role::Session)
                warn("seccomp", filter.error());
        }
        if (const auto can = sandbox::can_confine(); !can)
            warn("landlock", can.error());
    }

    /// Null: there is none.
    const sandbox::Filter* filter(sandbox::Role role) const
    {
        const auto at = filters_.find(role);
        return at == filters_.end() ? nullptr : &at->second;
    }

private:
    static void warn(std::string_view what, const base::Error& why)
    {
        logging::Log().warn("not-confined", {{"by", what}, {"reason", why.text}});
    }

    std::map<sandbox::Role, sandbox::Filter> filters_;
};

/// Those that the supervisor forks.
constexpr std::initializer_list<sandbox::Role> forked_roles = {
    sandbox::Role::Session, sandbox::Role::Attempt, sandbox::Role::AttemptAlone};

/// The last step of a process that was an attempt.
int serve(const authenticate::Success& success, const supervisor::Seat& seat,
          const Walls& walls, Logging& logging)
{
    const config::Settings& settings = *seat.settings;
    logging.close();
    const int kept[] = {success.stream.get()};
    authenticate::close_all_but(kept);
    logging.open();

    Start start;
    start.settings = &settings;
    start.log = success.log;
    start.user = success.identity.user;
    start.home = success.identity.home;
    start.mail = success.identity.mail;
    start.index_directory = success.identity.index;
    start.quota = settings.quota;
    if (const auto& own = success.identity.quota)
        start.quota = {own->octets, own->messages};
    start.read_fd = success.stream.get();
    start.write_fd = success.stream.get();
    start.received = success.received;
    start.tag = success.request.tag;
    start.tls = success.request.tls;
    start.peer = success.request.peer;
    start.filter = walls.filter(sandbox::Role::Session);
    start.idle_mark = seat.idle_mark;
    start.poll_warning = &logging.poll_warning();
    return run_session(start);
}

int attempt(const supervisor::Seat& seat, const Walls& walls, Logging& logging)
{
    authenticate::Surroundings around;
    around.settings = seat.settings;
    around.requests = seat.requests;
    around.notices = seat.notices;
    around.login_uid = seat.login_uid;
    const auto& auth = seat.settings->auth;
    const bool is_alone = auth.pam.empty() && auth.checkpassword.empty();
    around.filter =
        walls.filter(is_alone ? sandbox::Role::AttemptAlone : sandbox::Role::Attempt);
    around.hashing = seat.hashing;
    around.fingerprint_key = seat.fingerprint_key;
    return authenticate::attempt(around, [&](const authenticate::Success& success) {
        return serve(success, seat, walls, logging);
    });
}

supervisor::Supervisor::Options supervisor_options(const Options& options,
                                                   const Walls& walls, Logging& logging)
{
    using LogTo = supervisor::ZygoteRecipe::LogTo;
    supervisor::Supervisor::Options wired;
    wired.config_path = options.config_path;
    wired.zygote.program = login_program();
    wired.zygote.log = options.log == Options::Log::StandardError ? LogTo::StandardError
                                                                  : LogTo::Syslog;
    wired.reload = [options] { return load(options); };
    wired.attempt = [&walls, &logging](const supervisor::Seat& seat) {
        return attempt(seat, walls, logging);
    };
    return wired;
}

void remark(const config::Settings& settings)
{
    for (const std::string& text : settings.remarks())
        logging::Log().warn("settings", {{"text", text}});
}

int check(const Options& options)
{
    const auto complaints = config::Settings::check(options.config_path);
    for (const std::string& complaint : complaints)
        std::fprintf(stderr, "%s\n", complaint.c_str());
    if (!complaints.empty())
        return exit_config;
    const auto settings = load(options);
    if (!settings)
        return fail(options, settings.error(), exit_config);
    for (const std::string& text : settings->remarks())
        std::fprintf(stderr, "%s\n", text.c_str());
    for (const std::string& text : auth::Authenticator(*settings).complaints())
        std::fprintf(stderr, "%s\n", text.c_str());
    return 0;
}

int listen(const Options& options, const config::Settings& settings, Logging& logging)
{
    auto passed = net::passed_sockets();
    put_null(STDIN_FILENO);
    put_null(STDOUT_FILENO);
    const Walls walls(forked_roles);
    supervisor::Supervisor supervisor(settings,
                                      supervisor_options(options, walls, logging));
    if (auto done = supervisor.listen(std::move(passed)); !done)
        return fail(options, done.error(), exit_failure);
    if (options.log == Options::Log::Syslog)
        put_null(STDERR_FILENO);
    remark(settings);
    net::notify("READY=1");
    supervisor.run();
    return 0;
}

/// Descriptors 0, 1 and 2 are all the client's socket under inetd.
int serve_inetd(const Options& options, const config::Settings& settings,
                Logging& logging)
{
    base::UniqueFd client(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    put_null(STDIN_FILENO);
    put_null(STDOUT_FILENO);
    if (options.log == Options::Log::Syslog ||
        are_same_file(client.get(), STDERR_FILENO))
        put_null(STDERR_FILENO);
    struct stat status = {};
    if (::fstat(client.get(), &status) != 0 || !S_ISSOCK(status.st_mode))
        return fail(options,
                    {base::Errc::Cannot,
                     "--inetd: descriptor 0 is not a socket (for a pipe: --stdio)"},
                    exit_usage);
    const auto tls = options.tls == Options::Tls::Implicit
                         ? ipc::Client::Tls::Implicit
                         : ipc::Client::Tls::Startable;
    const Walls walls(forked_roles);
    supervisor::Supervisor supervisor(settings,
                                      supervisor_options(options, walls, logging));
    if (auto done = supervisor.serve_one(std::move(client), tls); !done)
        return fail(options, done.error(), exit_failure);
    supervisor.run();
    return 0;
}

/// As whoever runs it: ssh, tests, a debugger.
int serve_stdio(const Options& options, const config::Settings& settings)
{
    const auto self = auth::identity_of_self(settings);
    if (!self)
        return fail(options, self.error(), exit_failure);
    ::umask(077);
    const Walls walls{sandbox::Role::Session};
    Start start;
    start.filter = walls.filter(sandbox::Role::Session);
    start.settings = &settings;
    start.log = logging::Log().with({{"user", self->user}});
    start.user = self->user;
    start.home = self->home;
    start.mail = self->mail;
    start.index_directory = self->index;
    start.quota = settings.quota;
    start.read_fd = STDIN_FILENO;
    start.write_fd = STDOUT_FILENO;
    return run_session(start);
}

int run(const Options& options)
{
    if (options.role == Options::Role::Check)
        return check(options);
    if (options.role == Options::Role::Password)
        return make_password(options.scheme);
    Logging logging(options.log);
    const auto settings = load(options);
    if (!settings)
        return fail(options, settings.error(), exit_config);
    if (options.role == Options::Role::Verify)
        return try_password(options.user, *settings);
    switch (options.role) {
    case Options::Role::Inetd:
        return serve_inetd(options, *settings, logging);
    case Options::Role::Stdio:
        return serve_stdio(options, *settings);
    default:
        return listen(options, *settings, logging);
    }
}

} // namespace
} // namespace imapd

int main(int argc, char** argv)
{
    try {
        const auto options =
            imapd::Options::parse({argv, static_cast<std::size_t>(argc)});
        if (!options) {
            std::fprintf(stderr, "imapd: %s\n%s", options.error().text.c_str(),
                         imapd::Options::usage);
            return imapd::exit_usage;
        }
        return imapd::run(*options);
    } catch (const std::exception& error) {
        logging::Log().error("internal-error", {{"text", error.what()}});
        return imapd::exit_software;
    }
}
