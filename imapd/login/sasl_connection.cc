// SPDX-License-Identifier: ISC
#include "login/sasl_connection.h"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include <unistd.h>

#include "base/clock.h"
#include "base/random.h"
#include "io/disconnected.h"
#include "io/input.h"
#include "io/output.h"
#include "io/stream.h"
#include "io/wait.h"
#include "login/attempt_link.h"
#include "login/sasl_server.h"

namespace login {
namespace {

/// An exchange that takes longer is given up.
constexpr std::int64_t exchange_ms = 90'000;

class SaslConnection {
public:
    SaslConnection(base::UniqueFd socket, const ipc::Client& client,
                   const Common& common)
        : socket_(std::move(socket)), common_(&common), wait_(clock_),
          stream_(socket_.get(), socket_.get()), input_(stream_),
          output_(stream_, wait_), attempts_(*common.requests, wait_, socket_.get()),
          server_(attempts_, mechanisms(*common.settings), request(client))
    {
        wait_.let_signals_through(common.while_waiting);
    }

    void run()
    {
        base::SystemRandom random;
        std::string cookie(16, '\0');
        random.fill(std::as_writable_bytes(std::span(cookie)));
        output_.write(server_.greeting(::getpid(), cookie));
        for (;;) {
            output_.flush();
            const auto line = next_line();
            if (!line)
                return;
            attempts_.set_deadline(io::Deadline::after_ms(clock_, exchange_ms));
            const auto answer = server_.answer(*line);
            if (!answer)
                return;
            output_.write(*answer);
        }
    }

private:
    /// The certificate is known to the other server alone.
    static std::vector<std::string> mechanisms(const config::Settings& settings)
    {
        std::vector<std::string> names = settings.auth.mechanisms;
        std::erase(names, "EXTERNAL");
        return names;
    }

    static ipc::AuthRequest request(const ipc::Client& client)
    {
        ipc::AuthRequest request;
        request.connection = client.connection;
        request.purpose = ipc::AuthRequest::Purpose::Answer;
        return request;
    }

    /// Without its end. Nothing at the end of all, and for a line that is too long.
    std::optional<std::string> next_line()
    {
        for (;;) {
            const std::string_view buffered = input_.buffered();
            const std::size_t end = buffered.find('\n');
            const bool is_too_long =
                std::min(end, buffered.size()) > SaslServer::max_line;
            if (is_too_long || *common_->stop != 0)
                return std::nullopt;
            if (end != std::string_view::npos) {
                std::string line(buffered.substr(0, end));
                input_.consume(end + 1);
                return line;
            }
            const auto filled = input_.fill(wait_, io::Deadline::never());
            if (filled == io::Input::Fill::End || filled == io::Input::Fill::Full)
                return std::nullopt;
        }
    }

    base::UniqueFd socket_;
    const Common* common_;
    base::SystemClock clock_;
    io::Wait wait_;
    io::FdStream stream_;
    io::Input input_;
    io::Output output_;
    AttemptLink attempts_;
    SaslServer server_;
};

} // namespace

void serve_sasl(base::UniqueFd socket, const ipc::Client& client, const Common& common)
{
    try {
        SaslConnection(std::move(socket), client, common).run();
    } catch (const io::Disconnected&) {
        // It has gone in the middle of something, and wants no answer any more.
    }
}

} // namespace login
