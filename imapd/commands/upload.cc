// SPDX-License-Identifier: ISC
#include "commands/upload.h"

#include "commands/url_part.h"
#include "imap/message_url.h"
#include "imap/syntax_error.h"
#include "imap/writer.h"

namespace imapd {
namespace {

/// One read from the client, one write to the file.
constexpr std::size_t chunk = 65536;

Reply too_big()
{
    return Reply::no("The message is too large").code("TOOBIG");
}

/// url-resp-text of RFC 4469 §5: any TEXT-CHAR but `]` and the backslash. We keep to
/// what a URL may hold and escape the rest.
Reply bad_url(std::string_view url, std::string_view why)
{
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string shown;
    for (const char c : url.substr(0, imap::MessageUrl::max_octets)) {
        if (c > ' ' && c <= '~' && c != ']' && c != '\\') {
            shown += c;
            continue;
        }
        const auto octet = static_cast<unsigned char>(c);
        shown += '%';
        shown += digits[octet >> 4];
        shown += digits[octet & 15];
    }
    if (shown.empty())
        shown = "\"\"";
    return Reply::no(imap::response_text(why)).code("BADURL", shown);
}

} // namespace

Uploads::Uploads(Session& session, Request& request)
    : session_(&session), in_(request.args), pending_(request.pending)
{
}

/// append-message = [SP flag-list] [SP date-time] SP append-data
void Uploads::next()
{
    flags_ = {};
    arrival_.reset();
    octets_ = 0;
    in_.space("the message");
    if (in_.sees("(")) {
        const imap::Flags flags = in_.flags();
        flags_.system = kept_flags(flags);
        flags_.keywords = flags.keywords;
        in_.space("the message");
    }
    if (in_.sees("\"")) {
        arrival_ = in_.date_time().seconds;
        in_.space("the message");
    }
    form_ = Form::Literal;
    if (in_.accept("CATENATE (")) {
        form_ = Form::Catenate;
        return;
    }
    if (in_.accept("UTF8 ("))
        form_ = Form::Utf8;
    in_.end(); // in front of the literal
    if (!pending_)
        throw imap::SyntaxError("The message must be a literal");
    if (form_ == Form::Utf8 && !pending_->is_literal8)
        throw imap::SyntaxError("A message in UTF8 must be a literal8");
}

std::optional<Reply> Uploads::begin(const std::string& name)
{
    const auto folder = session_->names().folder(name);
    if (!folder)
        return Reply::from(folder.error());
    auto append = mailbox::Append::begin(session_->store(), *folder);
    if (!append && append.error().code == base::Errc::NotFound)
        return Reply::no("There is no such mailbox").code("TRYCREATE");
    if (!append)
        return Reply::from(append.error());
    append_.emplace(std::move(*append));
    folder_ = *folder;
    return std::nullopt;
}

std::optional<Reply> Uploads::receive()
{
    if (++messages_ > max_messages)
        return Reply::no("Too many messages in one command").code("LIMIT");
    if (pending_) { // refused before it is sent, if the client waits
        if (auto refusal = check(*pending_))
            return refusal;
    }
    if (auto begun = append_->message(flags_, arrival_); !begun)
        return Reply::from(begun.error());
    auto refusal = form_ == Form::Catenate ? receive_catenated() : receive_literal();
    if (refusal)
        return refusal;
    if (form_ == Form::Utf8)
        in_.expect(")");
    if (octets_ == 0) // RFC 3502 §6.3.11: this is how a client changes its mind
        return Reply::no("An empty message cancels the command");
    if (const auto done = append_->finish(); !done)
        return Reply::from(done.error());
    return std::nullopt;
}

/// CATENATE SP "(" cat-part *(SP cat-part) ")"
std::optional<Reply> Uploads::receive_catenated()
{
    for (;;) {
        std::optional<Reply> refusal;
        if (in_.accept("URL ")) {
            refusal = receive_url();
        } else {
            const bool is_utf8 = in_.accept("UTF8 ("); // RFC 6855 §4
            if (!is_utf8)
                in_.expect("TEXT ");
            in_.end();
            if (!pending_)
                throw imap::SyntaxError("The part must be a literal");
            if (is_utf8 && !pending_->is_literal8)
                throw imap::SyntaxError("A part in UTF8 must be a literal8");
            refusal = receive_literal();
            if (!refusal && is_utf8)
                in_.expect(")");
        }
        if (refusal)
            return refusal;
        if (in_.accept(")"))
            return std::nullopt;
        in_.space("the next part");
    }
}

/// The URL is an astring, and a literal among them is left to us by the reader.
std::string Uploads::read_url()
{
    if (!in_.at_end() || !pending_)
        return in_.astring();
    auto& reader = session_->reader();
    if (pending_->octets > imap::MessageUrl::max_octets)
        throw imap::SyntaxError("The URL is too long");
    reader.accept_literal();
    std::string url;
    for (;;) {
        const std::string_view octets = reader.read_literal(chunk);
        if (octets.empty())
            break;
        url += octets;
    }
    go_on();
    return url;
}

std::optional<Reply> Uploads::receive_url()
{
    const std::string text = read_url();
    const auto url = imap::MessageUrl::parse(text);
    if (!url)
        return bad_url(text, url.error().text);
    const std::uint64_t room = session_->settings().limits.literal - octets_;
    const auto copied = copy_url_part(*session_, *url, room, *append_);
    if (!copied && copied.error().code == base::Errc::Limit)
        return too_big();
    if (!copied && copied.error().code == base::Errc::NotFound)
        return bad_url(text, copied.error().text);
    if (!copied)
        return Reply::from(copied.error());
    octets_ += *copied;
    return std::nullopt;
}

std::optional<Reply> Uploads::check(const imap::PendingLiteral& literal) const
{
    const auto& settings = session_->settings();
    // RFC 7888 §5 makes it BAD, and with that code.
    if (!literal.is_synchronizing &&
        settings.imapd.literals == config::Literals::Minus &&
        literal.octets > imap::max_literal_minus)
        return Reply::bad("A literal of that size has to wait").code("TOOBIG");
    if (literal.octets > settings.limits.literal - octets_)
        return too_big();
    return std::nullopt;
}

/// Reads the literal to its end. A failing disk does not stop the reading: the
/// dialogue must stay in step.
std::optional<Reply> Uploads::receive_literal()
{
    if (auto refusal = check(*pending_))
        return refusal;
    auto& reader = session_->reader();
    const bool may_hold_nul = pending_->is_literal8;
    bool has_nul = false;
    base::Status done = base::Done{};
    reader.accept_literal();
    for (;;) {
        const std::string_view octets = reader.read_literal(chunk);
        if (octets.empty())
            break;
        octets_ += octets.size();
        has_nul = has_nul || octets.find('\0') != std::string_view::npos;
        if (done)
            done = append_->write(octets);
    }
    go_on();
    if (has_nul && !may_hold_nul) // RFC 9051 §9: CHAR8
        return Reply::bad("A NUL may stand in a literal8 only");
    if (!done)
        return Reply::from(done.error());
    return std::nullopt;
}

/// Behind a literal: what follows it.
void Uploads::go_on()
{
    imap::Command rest = session_->reader().rest_of_line();
    if (rest.refusal)
        throw imap::SyntaxError(std::string(rest.refusal->why));
    text_ = std::move(rest.text);
    in_ = in_.over(text_);
    pending_ = rest.pending;
}

} // namespace imapd
