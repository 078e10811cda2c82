// SPDX-License-Identifier: ISC
#include "login/sasl_server.h"

#include <algorithm>
#include <utility>

#include "config/values.h"
#include "text/base64.h"

namespace login {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

std::vector<std::string_view> fields_of(std::string_view line)
{
    std::vector<std::string_view> fields;
    for (;;) {
        const std::size_t end = line.find('\t');
        fields.push_back(line.substr(0, end));
        if (end == std::string_view::npos)
            return fields;
        line.remove_prefix(end + 1);
    }
}

/// The value of the first field `name=value`.
std::optional<std::string_view> value_of(const std::vector<std::string_view>& fields,
                                         std::string_view name)
{
    for (const std::string_view field : fields) {
        if (field.starts_with(name) && field.substr(name.size()).starts_with('='))
            return field.substr(name.size() + 1);
    }
    return std::nullopt;
}

/// An id is a number of 32 bits. It comes back as it came.
bool is_id(std::string_view text)
{
    return !text.empty() && text.size() <= 10 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// What Postfix's smtpd_sasl_security_options asks for.
std::string_view properties(std::string_view mechanism)
{
    return mechanism == "PLAIN" || mechanism == "LOGIN" ? "plaintext" : "mutual-auth";
}

/// Decoded; nothing for what is no base64 or too long.
std::optional<std::string> decoded(std::string_view text)
{
    auto octets = text::base64_decode(text);
    if (!octets || octets->size() > ipc::AuthRequest::max_response)
        return std::nullopt;
    return std::move(*octets);
}

} // namespace

std::string SaslServer::greeting(long pid, std::string_view cookie) const
{
    std::string text = "VERSION\t1\t2\n";
    for (const std::string& mechanism : mechanisms_)
        text += "MECH\t" + mechanism + '\t' + std::string(properties(mechanism)) + '\n';
    text += "SPID\t" + std::to_string(pid) + "\nCUID\t1\nCOOKIE\t";
    for (const char c : cookie) {
        const auto octet = static_cast<unsigned char>(c);
        text += digits[octet >> 4];
        text += digits[octet & 15];
    }
    return text + "\nDONE\n";
}

std::optional<std::string> SaslServer::answer(std::string_view line)
{
    const auto fields = fields_of(line);
    const std::string_view word = fields.front();
    if (word == "VERSION") // another major version is another protocol
        return fields.size() == 3 && fields[1] == "1" ? std::optional(std::string())
                                                      : std::nullopt;
    if (word == "CPID")
        return std::string();
    if ((word == "AUTH" || word == "CONT" || word == "CANCEL") &&
        (fields.size() < 2 || !is_id(fields[1])))
        return std::nullopt;
    if (word == "AUTH")
        return begin(fields);
    if (word == "CONT")
        return go_on(fields);
    if (word == "CANCEL" && fields[1] == id_) {
        verifier_->cancel();
        id_.clear();
    }
    return std::string(); // the protocol grows: a word that we do not know is no fault
}

std::string SaslServer::begin(const std::vector<std::string_view>& fields)
{
    if (!id_.empty())
        verifier_->cancel();
    id_ = fields[1];
    const auto service = value_of(fields, "service");
    if (fields.size() < 3 || !service)
        return fail(id_, "no mechanism or no service");
    if (!config::is_among(fields[2], mechanisms_))
        return fail(id_, "no such mechanism");
    request_.mechanism = fields[2];
    request_.method = fields[2];
    request_.protocol = service->substr(0, ipc::AuthRequest::max_name);
    request_.peer = value_of(fields, "rip").value_or("unknown");
    request_.peer.resize(
        std::min(request_.peer.size(), std::size_t{ipc::AuthRequest::max_text}));
    request_.tls =
        std::ranges::find(fields, "secured") != fields.end() ? "secured" : "";
    request_.initial.reset();
    // The last field of its line, as its base64 may have an equals sign in it.
    if (const auto response = value_of(fields, "resp")) {
        request_.initial = decoded(*response);
        if (!request_.initial)
            return fail(id_, "the response is not base64");
    }
    const auto reply = verifier_->begin(request_);
    request_.initial.reset();
    return tell(reply);
}

std::string SaslServer::go_on(const std::vector<std::string_view>& fields)
{
    if (fields[1] != id_ || id_.empty())
        return fail(fields[1], "no such exchange");
    const auto response = decoded(fields.size() > 2 ? fields[2] : "");
    if (!response) {
        verifier_->cancel();
        return fail(id_, "the response is not base64");
    }
    return tell(verifier_->answer(*response));
}

std::string SaslServer::tell(const ipc::AuthReply& reply)
{
    using Kind = ipc::AuthReply::Kind;
    if (reply.kind == Kind::Challenge)
        return "CONT\t" + id_ + '\t' + text::base64_encode(reply.challenge) + '\n';
    if (reply.kind == Kind::Accepted)
        return "OK\t" + std::exchange(id_, {}) + "\tuser=" + reply.user + '\n';
    const bool is_temporary = reply.refusal == ipc::Refusal::Unavailable ||
                              reply.refusal == ipc::Refusal::Limit;
    return "FAIL\t" + std::exchange(id_, {}) + (is_temporary ? "\ttemp" : "") + '\n';
}

std::string SaslServer::fail(std::string_view id, std::string_view why)
{
    const std::string text =
        "FAIL\t" + std::string(id) + "\treason=" + std::string(why) + '\n';
    if (id == id_)
        id_.clear();
    return text;
}

} // namespace login
