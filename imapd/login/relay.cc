// SPDX-License-Identifier: ISC
#include "login/relay.h"

#include <string>

#include <poll.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "io/disconnected.h"

namespace login {
namespace {

/// A client that takes nothing of the session's last words for so long is gone; and so
/// long we wait for it to close after them, since a socket closed with input unread
/// resets the connection and may take those words with it.
constexpr std::int64_t farewell_ms = 30'000;
constexpr std::int64_t linger_ms = 2'000;
/// After so long without a word the memory that it took to handle some is given back;
/// the first time that is what the handshake needed, 200 KB.
constexpr std::int64_t rest_ms = 1'000;

/// One direction. `waiting` has been read from one side and not been taken by the
/// other.
struct Flow {
    std::string waiting;
    bool ended = false;  ///< nothing more will be read
    bool closed = false; ///< and the end has been passed on

    bool wants_input() const { return waiting.empty() && !ended; }
    bool is_to_be_closed() const { return waiting.empty() && ended && !closed; }
};

enum class Step { Moved, Stuck };

class Relay {
public:
    Relay(tls::Channel& client, int session, io::Wait& wait)
        : client_(&client), session_fd_(session), session_(session, session),
          wait_(&wait)
    {
    }

    void run()
    {
        while (!up_.closed || !down_.closed) {
            if (down_.closed)
                return linger();
            if (pump_up() == Step::Moved || pump_down() == Step::Moved) {
                is_resting_ = false;
                continue;
            }
            if (!wait_for_more())
                return;
        }
    }

private:
    /// Reads from `from` and gives to `write` as much as it takes; keeps the rest.
    template <class Write>
    static Step move(io::Stream& from, const Write& write, Flow& flow)
    {
        if (!flow.waiting.empty()) {
            const std::size_t n = write(flow.waiting);
            flow.waiting.erase(0, n);
            if (flow.waiting.empty())
                std::string().swap(flow.waiting);
            return n > 0 ? Step::Moved : Step::Stuck;
        }
        if (flow.ended)
            return Step::Stuck;
        char buffer[relay_buffer];
        const auto n = from.read(buffer);
        if (!n)
            return Step::Stuck;
        if (*n == 0) {
            flow.ended = true;
            return Step::Moved;
        }
        const std::string_view bytes(buffer, *n);
        flow.waiting = bytes.substr(write(bytes));
        return Step::Moved;
    }

    /// Client to session. Throws Disconnected if the client is gone.
    Step pump_up()
    {
        if (up_.is_to_be_closed()) {
            ::shutdown(session_fd_, SHUT_WR);
            up_.closed = true;
            return Step::Moved;
        }
        const auto to_session = [this](std::string_view bytes) {
            return session_.write(bytes);
        };
        return move(*client_, to_session, up_);
    }

    std::size_t write_to_client(std::string_view bytes)
    {
        try {
            if (is_heard_)
                return client_->write(bytes);
        } catch (const io::Disconnected&) {
            is_heard_ = false; // what it has sent is still to be passed on
        }
        return bytes.size();
    }

    /// Session to client. Throws Disconnected if the session is gone.
    Step pump_down()
    {
        if (down_.is_to_be_closed()) {
            if (is_heard_ && !client_->shutdown())
                return Step::Stuck;
            ::shutdown(client_->write_fd(), SHUT_WR);
            down_.closed = true;
            return Step::Moved;
        }
        const auto to_client = [this](std::string_view bytes) {
            return write_to_client(bytes);
        };
        return move(session_, to_client, down_);
    }

    /// False if waiting has become pointless.
    bool wait_for_more()
    {
        // A descriptor that nothing is wanted of is not waited for at all: poll(2)
        // would report its end again and again.
        short client = 0;
        if (up_.wants_input())
            client |= client_->read_events();
        if (!down_.waiting.empty() || down_.is_to_be_closed())
            client |= client_->write_events();
        short session = 0;
        if (!up_.waiting.empty())
            session |= POLLOUT;
        if (down_.wants_input())
            session |= POLLIN;
        watch(client_->read_fd(), client);
        watch(session_fd_, session);
        if (!down_.ended)
            return wait_in_peace();
        const auto deadline = io::Deadline::after_ms(wait_->clock(), farewell_ms);
        const auto ready = wait_->next(deadline);
        return !ready.empty() || !deadline.has_passed(wait_->clock());
    }

    bool wait_in_peace()
    {
        const auto rest_at = is_resting_
                                 ? io::Deadline::never()
                                 : io::Deadline::after_ms(wait_->clock(), rest_ms);
        if (wait_->next(rest_at).empty() && rest_at.has_passed(wait_->clock())) {
            base::give_back_memory();
            is_resting_ = true;
        }
        return true;
    }

    void watch(int fd, short events)
    {
        if (events == 0)
            wait_->remove(fd);
        else
            wait_->add(fd, events);
    }

    /// Waits until the client has closed too, or long enough.
    void linger()
    {
        const auto deadline = io::Deadline::after_ms(wait_->clock(), linger_ms);
        char buffer[1024];
        for (;;) {
            const auto n = client_->read(buffer);
            if (n == std::size_t{0} || deadline.has_passed(wait_->clock()))
                return;
            if (!n)
                static_cast<void>(wait_->for_one(client_->read_fd(),
                                                 client_->read_events(), deadline));
        }
    }

    tls::Channel* client_;
    int session_fd_;
    io::FdStream session_;
    io::Wait* wait_;
    Flow up_;
    Flow down_;
    bool is_heard_ = true;    ///< the client takes what we write
    bool is_resting_ = false; ///< since nothing has come
};

} // namespace

void relay(tls::Channel& client, base::UniqueFd session, io::Wait& wait)
{
    try {
        Relay(client, session.get(), wait).run();
    } catch (const io::Disconnected&) {
        // The client, or the session in the middle of what the client sent: either
        // way there is nobody left to pass anything to.
    }
}

} // namespace login
