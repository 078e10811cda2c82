// SPDX-License-Identifier: ISC
#include "ipc/message.h"

#include <cstring>

namespace ipc {

MessageWriter& MessageWriter::number(std::uint64_t value)
{
    char octets[sizeof value];
    std::memcpy(octets, &value, sizeof value);
    bytes_.append(octets, sizeof octets);
    return *this;
}

MessageWriter& MessageWriter::text(std::string_view value)
{
    number(value.size());
    bytes_.append(value);
    return *this;
}

std::string_view MessageReader::take(std::size_t octets)
{
    if (!whole_ || octets > rest_.size()) {
        whole_ = false;
        return {};
    }
    const auto taken = rest_.substr(0, octets);
    rest_.remove_prefix(octets);
    return taken;
}

std::uint64_t MessageReader::number()
{
    std::uint64_t value = 0;
    const auto octets = take(sizeof value);
    if (octets.size() == sizeof value)
        std::memcpy(&value, octets.data(), sizeof value);
    return value;
}

std::uint64_t MessageReader::number(std::uint64_t largest)
{
    const std::uint64_t value = number();
    if (value > largest)
        whole_ = false;
    return whole_ ? value : 0;
}

void MessageReader::expect(std::uint64_t value)
{
    if (number() != value)
        whole_ = false;
}

std::string MessageReader::text(std::size_t max_octets)
{
    const auto length = number(max_octets);
    return std::string(take(static_cast<std::size_t>(length)));
}

base::Status MessageReader::end() const
{
    if (!whole_ || !rest_.empty())
        return base::Error{base::Errc::Syntax, "a message between processes is broken"};
    return base::Done{};
}

} // namespace ipc
