// SPDX-License-Identifier: ISC
#include "log/log.h"

namespace logging {

namespace {

/// The sink in force; see `set_sink`.
Sink* current = nullptr;

bool is_plain(char c)
{
    return c > ' ' && c < '\x7f' && c != '=' && c != '"' && c != '\\';
}

void append_escaped(std::string& out, char c)
{
    static constexpr char digits[] = "0123456789abcdef";
    switch (c) {
    case '"':
    case '\\':
        out += '\\';
        out += c;
        return;
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default:
        break;
    }
    if (c >= ' ' && c < '\x7f') {
        out += c;
        return;
    }
    const auto octet = static_cast<unsigned char>(c);
    out += "\\x";
    out += digits[octet >> 4];
    out += digits[octet & 15];
}

} // namespace

Sink* set_sink(Sink* sink) noexcept
{
    return std::exchange(current, sink);
}

std::string Field::to_text() const
{
    const bool cut = value.size() > max_value;
    const std::string_view shown = std::string_view(value).substr(0, max_value);
    bool plain = !shown.empty();
    for (const char c : shown)
        plain = plain && is_plain(c);

    std::string out(name);
    out += '=';
    if (plain) {
        out += shown;
        return cut ? out + "..." : out;
    }
    out += '"';
    for (const char c : shown)
        append_escaped(out, c);
    out += cut ? "...\"" : "\"";
    return out;
}

void Log::info(std::string_view event, std::initializer_list<Field> fields) const
{
    write(Level::Info, event, fields);
}

void Log::warn(std::string_view event, std::initializer_list<Field> fields) const
{
    write(Level::Warn, event, fields);
}

void Log::error(std::string_view event, std::initializer_list<Field> fields) const
{
    write(Level::Error, event, fields);
}

Log Log::with(std::initializer_list<Field> fields) const
{
    Log more = *this;
    for (const Field& field : fields)
        more.prefix_ += ' ' + field.to_text();
    return more;
}

void Log::write(Level level, std::string_view event,
                std::initializer_list<Field> fields) const
{
    if (current == nullptr)
        return;
    std::string line(event);
    line += prefix_;
    for (const Field& field : fields)
        line += ' ' + field.to_text();
    current->write(level, line);
}

} // namespace logging
