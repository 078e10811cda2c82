// SPDX-License-Identifier: ISC
#include "auth/mechanisms/scram.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "text/base64.h"
#include "text/sasl_prep.h"

namespace auth {

using base::Errc;
using base::Error;

namespace {

constexpr std::size_t nonce_octets = 18;

/// Takes an attribute `name=value` off `message`, with the comma behind it.
std::optional<std::string_view> take_attribute(std::string_view& message, char name)
{
    if (message.size() < 2 || message[0] != name || message[1] != '=')
        return std::nullopt;
    const std::size_t end = std::min(message.find(','), message.size());
    const std::string_view value = message.substr(2, end - 2);
    message.remove_prefix(std::min(end + 1, message.size()));
    return value;
}

/// printable = %x21-2B / %x2D-7E
bool is_printable(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return c > ' ' && c <= '~' && c != ',';
    });
}

} // namespace

Scram::Scram(const Authenticator& authenticator, Hash hash, Binds binds,
             std::string nonce)
    : authenticator_(&authenticator), hash_(hash), binds_(binds),
      nonce_(std::move(nonce))
{
}

std::string Scram::fresh_nonce(base::Random& random)
{
    std::string octets(nonce_octets, '\0');
    random.fill(std::as_writable_bytes(std::span(octets)));
    return text::base64_encode(octets);
}

Exchange::Step Scram::take(std::string_view answer)
{
    switch (state_) {
    case State::First:
        return first(answer);
    case State::Final:
        return final(answer);
    case State::Proved:
        break;
    }
    if (!answer.empty())
        return not_of_the_mechanism("SCRAM goes on after its end");
    auto identity = authenticator_->admit(*credentials_->entry);
    if (!identity)
        return identity.error();
    return std::move(*identity);
}

/// client-first-message = gs2-cbind-flag "," [authzid] "," username "," nonce
/// ["," extensions]
Exchange::Step Scram::first(std::string_view message)
{
    const std::size_t flag_end = message.find(',');
    const std::size_t header_end =
        flag_end == std::string_view::npos ? flag_end : message.find(',', flag_end + 1);
    if (header_end == std::string_view::npos)
        return not_of_the_mechanism("SCRAM without a GS2 header");
    const std::string_view header = message.substr(0, header_end + 1);
    std::string_view bare = message.substr(header_end + 1);
    client_first_ = bare;
    if (bare.starts_with("m=")) // RFC 5802 §5.1: it MUST be an error
        return not_of_the_mechanism("a SCRAM extension that is mandatory");
    const auto name = take_attribute(bare, 'n');
    const auto nonce = take_attribute(bare, 'r');
    if (!name || !nonce || !is_printable(*nonce))
        return not_of_the_mechanism("SCRAM without a name or a nonce");
    auto user = from_saslname(*name);
    if (!user)
        return not_of_the_mechanism("a name that is wrongly escaped");
    // RFC 5802 §5.1: compared as prepared; what cannot be is nobody's.
    const auto prepared = text::sasl_prepared(*user);
    user_ = prepared ? *prepared : std::move(*user);
    nonce_ = std::string(*nonce) + nonce_;

    if (auto bound = take_binding(header); !bound)
        return bound.error();
    std::string_view authorized_as =
        header.substr(flag_end + 1, header_end - flag_end - 1);
    if (!authorized_as.empty()) {
        const auto other = take_attribute(authorized_as, 'a');
        const auto decoded = other ? from_saslname(*other) : std::nullopt;
        if (!decoded)
            return not_of_the_mechanism("SCRAM with a wrong authzid");
        if (auto fine = check_authorization(*decoded, user_); !fine)
            return fine.error();
    }
    return challenge();
}

base::Status Scram::take_binding(std::string_view gs2_header)
{
    const std::string_view flag = gs2_header.substr(0, gs2_header.find(','));
    const auto& bindings = authenticator_->circumstances().bindings;
    binding_ = gs2_header;
    if (flag.starts_with("p=")) {
        if (binds_ == Binds::No) // RFC 5802 §6
            return not_of_the_mechanism("a channel binding without -PLUS");
        const auto binding =
            std::ranges::find(bindings, flag.substr(2), &Binding::name);
        if (binding == bindings.end())
            return Error{Errc::Refused,
                         "no channel binding of the name the client wants", 0};
        binding_ += binding->data;
        return base::Done{};
    }
    if (flag != "n" && flag != "y")
        return not_of_the_mechanism("SCRAM with a wrong GS2 header");
    if (binds_ == Binds::Yes)
        return not_of_the_mechanism("-PLUS without a channel binding");
    // RFC 5802 §6: the client would have bound to the channel, had it been told that it
    // could; we told it, so somebody in between has taken that away.
    if (flag == "y" && !bindings.empty())
        return Error{Errc::Refused, "the client was not told of channel binding", 0};
    return base::Done{};
}

Exchange::Step Scram::challenge()
{
    auto credentials = authenticator_->credentials(user_, hash_);
    if (!credentials)
        return credentials.error();
    credentials_ = std::move(*credentials);
    server_first_ = "r=" + nonce_ +
                    ",s=" + text::base64_encode(credentials_->keys.salt) +
                    ",i=" + std::to_string(credentials_->keys.iterations);
    state_ = State::Final;
    return Challenge{server_first_};
}

/// client-final-message = channel-binding "," nonce ["," extensions] "," proof
Exchange::Step Scram::final(std::string_view message)
{
    const std::size_t proof_at = message.rfind(",p=");
    if (proof_at == std::string_view::npos)
        return not_of_the_mechanism("SCRAM without a proof");
    const std::string_view unproved = message.substr(0, proof_at);
    const auto proof = text::base64_decode(message.substr(proof_at + 3));
    std::string_view rest = unproved;
    const auto binding = take_attribute(rest, 'c');
    const auto nonce = take_attribute(rest, 'r');
    if (!binding || !nonce || !proof || proof->size() != digest_size(hash_))
        return not_of_the_mechanism("a final message that is not SCRAM's");
    if (*nonce != nonce_)
        return not_of_the_mechanism("a nonce that is not ours");
    if (!are_equal(*binding, text::base64_encode(binding_)))
        return Error{Errc::Refused, "the client is bound to another channel", 0};

    const ScramKeys& keys = credentials_->keys;
    const std::string whole =
        client_first_ + ',' + server_first_ + ',' + std::string(unproved);
    const std::string client_key =
        exclusive_or(*proof, hmac(hash_, keys.stored_key, whole));
    const bool is_proved = are_equal(digest(hash_, client_key), keys.stored_key);
    if (!credentials_->entry)
        return credentials_->entry.error();
    if (!is_proved)
        return Error{Errc::Refused, "wrong password", 0};
    state_ = State::Proved;
    return Challenge{"v=" + text::base64_encode(hmac(hash_, keys.server_key, whole))};
}

} // namespace auth
