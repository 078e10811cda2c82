// SPDX-License-Identifier: ISC
#include "login/commands.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "config/values.h"
#include "imap/syntax_error.h"
#include "text/ascii.h"
#include "text/base64.h"

#if defined(AVOCET_INTRUDER)
#include "sandbox/intruder.h"
#endif

namespace login {
namespace {

/// Commands that exist, but not before login: told apart from nonsense for the sake
/// of whoever reads the answer.
constexpr std::string_view after_login[] = {
    "ENABLE",    "SELECT", "EXAMINE",     "CREATE",   "DELETE",    "RENAME",
    "SUBSCRIBE", "LIST",   "UNSUBSCRIBE", "LSUB",     "NAMESPACE", "STATUS",
    "APPEND",    "IDLE",   "CLOSE",       "UNSELECT", "EXPUNGE",   "SEARCH",
    "FETCH",     "STORE",  "COPY",        "MOVE",     "UID",       "CHECK"};

/// The base64 text of an initial response, decoded: "=" is an empty one (RFC 4959 §3).
std::optional<std::string> decoded(std::string_view text)
{
    if (text == "=")
        return std::string();
    auto bytes = text::base64_decode(text);
    if (!bytes || bytes->size() > ipc::AuthRequest::max_response)
        return std::nullopt;
    return std::move(*bytes);
}

/// The tag of a command that could not be read, if it had one.
std::string tag_of(std::string_view text)
{
    try {
        return std::string(imap::Parser(text).tag());
    } catch (const imap::SyntaxError&) { // then there is none to answer with
        return {};
    }
}

/// What a refused client is told. RFC 5530 §3.
std::string_view sentence(ipc::Refusal refusal)
{
    switch (refusal) {
    case ipc::Refusal::Failed:
        return "[AUTHENTICATIONFAILED] Authentication failed";
    case ipc::Refusal::Unavailable:
        return "[UNAVAILABLE] Temporary failure, try again later";
    case ipc::Refusal::Limit:
        return "[LIMIT] Too many connections";
    case ipc::Refusal::Unsupported:
        return "[CANNOT] No such authentication mechanism";
    case ipc::Refusal::Malformed:
        break;
    }
    return "Not a response of this authentication mechanism";
}

} // namespace

Commands::Commands(imap::ByteSource& source, imap::ByteSink& sink, Verifier& verifier,
                   Door door, ipc::AuthRequest request, logging::Log log)
    : reader_(source), out_(sink), verifier_(&verifier), door_(std::move(door)),
      request_(std::move(request)), log_(std::move(log))
{
}

void Commands::greet()
{
    out_.untagged("OK " + greeting(door_));
}

void Commands::bye(std::string_view text)
{
    out_.untagged("BYE " + std::string(text));
}

void Commands::tls_runs(std::string_view version_and_cipher,
                        std::vector<ipc::ChannelBinding> bindings,
                        std::vector<std::string> certificate_names)
{
    static_cast<void>(reader_.take_input());
    door_.tls = Door::Tls::Running;
    constexpr std::size_t most = ipc::AuthRequest::max_certificate_names;
    certificate_names.resize(std::min(certificate_names.size(), most));
    std::erase_if(certificate_names, [](const std::string& name) {
        return name.size() > ipc::AuthRequest::max_text;
    });
    if (!certificate_names.empty())
        door_.certificate = Door::Certificate::Shown;
    request_.certificate_names = std::move(certificate_names);
    if (!bindings.empty())
        door_.binding = Door::Binding::Possible;
    // The attempt is told of bindings only if the client is: a client that says it was
    // not told must be wrong then (RFC 5802 §6).
    const auto is_bound = [](const std::string& name) {
        return name.ends_with("-PLUS");
    };
    if (std::ranges::any_of(door_.offered(), is_bound))
        request_.bindings = std::move(bindings);
    request_.tls = version_and_cipher.substr(0, ipc::AuthRequest::max_text);
}

Commands::End Commands::run()
{
    for (;;) {
        const imap::Command command = reader_.next();
        switch (answer(command)) {
        case Next::Command:
            break;
        case Next::Accepted:
            return End::Accepted;
        case Next::StartTls:
            return End::StartTls;
        case Next::Logout:
            return End::Logout;
        }
        if (command.refusal && command.refusal->after == imap::Refusal::After::Close) {
            bye(command.refusal->why);
            return End::NotSpoken;
        }
        if (bad_ >= max_bad) {
            bye("Too many commands that are not IMAP");
            return End::NotSpoken;
        }
        if (refused_ >= max_refused) {
            bye("Too many failed attempts to log in");
            return End::TooMuch;
        }
    }
}

Commands::Next Commands::answer(const imap::Command& command)
{
    if (command.refusal)
        return bad(tag_of(command.text), command.refusal->why);
    std::string tag;
    try {
        imap::Parser args(command.text);
        tag = args.tag();
        args.space();
        const std::string word = args.command_word();
        return carry_out(tag, word, args);
    } catch (const imap::SyntaxError& error) { // the boundary of HACKING.md, here
        return bad(tag, error.what());
    }
}

Commands::Next Commands::carry_out(std::string_view tag, std::string_view word,
                                   imap::Parser& args)
{
    if (word == "CAPABILITY")
        return capability(tag, args);
    if (word == "LOGIN")
        return login(tag, args);
    if (word == "AUTHENTICATE")
        return authenticate(tag, args);
    if (word == "STARTTLS")
        return start_tls(tag, args);
    if (word == "LOGOUT")
        return logout(tag, args);
    if (word == "ID")
        return id(tag, args);
    if (word == "NOOP") {
        args.end();
        out_.tagged(tag, "OK", "NOOP completed");
        return Next::Command;
    }
#if defined(AVOCET_INTRUDER)
    if (word == "XINTRUDE") {
        args.space("the order");
        const std::string order = args.string();
        args.end();
        out_.tagged(tag, "OK", sandbox::intrude(order));
        return Next::Command;
    }
#endif
    if (std::ranges::find(after_login, word) != std::end(after_login))
        return bad(tag, "Log in first");
    return bad(tag, "Unknown command");
}

Commands::Next Commands::capability(std::string_view tag, imap::Parser& args)
{
    args.end();
    out_.untagged("CAPABILITY " + capabilities(door_));
    out_.tagged(tag, "OK", "CAPABILITY completed");
    return Next::Command;
}

/// id = "ID" SP ("(" [string SP nstring *(SP string SP nstring)] ")" / nil)
Commands::Next Commands::id(std::string_view tag, imap::Parser& args)
{
    args.space();
    if (args.accept("(")) {
        while (!args.accept(")")) {
            static_cast<void>(args.string());
            args.space();
            static_cast<void>(args.nstring());
            if (!args.sees(")"))
                args.space();
        }
    } else {
        args.expect("NIL");
    }
    args.end();
    out_.untagged("ID (\"name\" \"Avocet\")");
    out_.tagged(tag, "OK", "ID completed");
    return Next::Command;
}

Commands::Next Commands::logout(std::string_view tag, imap::Parser& args)
{
    args.end();
    bye("Logging out");
    out_.tagged(tag, "OK", "LOGOUT completed");
    return Next::Logout;
}

Commands::Next Commands::start_tls(std::string_view tag, imap::Parser& args)
{
    args.end();
    if (door_.tls == Door::Tls::Running)
        return bad(tag, "TLS is running already");
    if (door_.tls == Door::Tls::Unavailable)
        return bad(tag, "There is no TLS here");
    out_.tagged(tag, "OK", "Begin TLS negotiation now");
    return Next::StartTls;
}

/// authenticate = "AUTHENTICATE" SP auth-type [SP initial-resp]
Commands::Next Commands::authenticate(std::string_view tag, imap::Parser& args)
{
    args.space();
    const std::string name = text::to_upper(args.atom());
    std::optional<std::string> initial;
    if (!args.at_end()) {
        args.space();
        initial = decoded(args.rest());
        if (!initial)
            return bad(tag, "The initial response is not base64");
    }
    if (!door_.takes_passwords())
        return no(tag, "[PRIVACYREQUIRED] Not without TLS");
    if (!config::is_among(name, door_.offered()))
        return no(tag, sentence(ipc::Refusal::Unsupported));

    request_.tag = tag;
    request_.mechanism = name;
    request_.method = name;
    request_.initial = std::move(initial);
    return exchange(tag, verifier_->begin(request_));
}

/// login = "LOGIN" SP userid SP password
///
/// To the attempt it is PLAIN (RFC 4616) with an initial response, so that there is
/// one way in.
Commands::Next Commands::login(std::string_view tag, imap::Parser& args)
{
    args.space("the user name");
    const std::string user = args.astring();
    args.space("the password");
    const std::string password = args.astring();
    args.end();
    if (!door_.takes_passwords())
        return no(tag, "[PRIVACYREQUIRED] Not without TLS");
    if (!door_.takes_login())
        return no(tag, "[CANNOT] Use AUTHENTICATE");
    if ((user + password).find('\0') != std::string::npos)
        return bad(tag, "A NUL in user name or password");

    request_.tag = tag;
    request_.mechanism = "PLAIN";
    request_.method = "LOGIN";
    request_.initial = std::string(1, '\0') + user + '\0' + password;
    return exchange(tag, verifier_->begin(request_));
}

Commands::Next Commands::exchange(std::string_view tag, ipc::AuthReply reply)
{
    request_.initial.reset();
    while (reply.kind == ipc::AuthReply::Kind::Challenge) {
        out_.continuation(text::base64_encode(reply.challenge));
        const auto line = reader_.read_line(max_response_line);
        if (line && *line == "*") { // RFC 9051 §6.2.2: the client cancels
            verifier_->cancel();
            return bad(tag, "AUTHENTICATE cancelled");
        }
        // An empty line is an empty response here; "=" is for initial ones only.
        const auto response =
            line ? text::base64_decode(*line) : base::Error{base::Errc::Limit, "", 0};
        if (!response || response->size() > ipc::AuthRequest::max_response) {
            verifier_->cancel();
            return bad(tag, "The response is not base64");
        }
        reply = verifier_->answer(*response);
    }
    if (reply.kind == ipc::AuthReply::Kind::Accepted)
        return Next::Accepted;
    return refused(tag, reply.refusal);
}

Commands::Next Commands::refused(std::string_view tag, ipc::Refusal refusal)
{
    if (refusal == ipc::Refusal::Malformed)
        return bad(tag, sentence(refusal));
    ++refused_;
    return no(tag, sentence(refusal));
}

Commands::Next Commands::no(std::string_view tag, std::string_view text)
{
    out_.tagged(tag, "NO", text);
    return Next::Command;
}

Commands::Next Commands::bad(std::string_view tag, std::string_view text)
{
    ++bad_;
    if (tag.empty()) // RFC 9051 §7.1: a command without a readable tag
        out_.untagged("BAD " + std::string(text));
    else
        out_.tagged(tag, "BAD", text);
    return Next::Command;
}

} // namespace login
