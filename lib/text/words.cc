// SPDX-License-Identifier: ISC
#include "text/words.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "text/ascii.h"
#include "text/base64.h"
#include "text/charset.h"
#include "text/utf8.h"

namespace text {
namespace {

/// Converters that one value keeps open; a value with more charsets in it opens
/// some of them again.
constexpr std::size_t max_converters = 8;

/// `=?charset?encoding?text?=`, decoded but not converted.
struct Word {
    std::string charset; ///< lower case, without the language of RFC 2231 §5
    std::string bytes;
    std::size_t size; ///< octets of the word as written
};

std::optional<std::string> decode_q(std::string_view text)
{
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '=') {
            bytes += text[i] == '_' ? ' ' : text[i];
            continue;
        }
        if (text.size() - i < 3)
            return {};
        const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
        if (high < 0 || low < 0)
            return {};
        bytes += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return bytes;
}

/// Padding may be missing: the words are long enough without it to be read.
std::optional<std::string> decode_b(std::string_view text)
{
    std::string padded(text);
    while (!padded.empty() && padded.back() == '=')
        padded.pop_back();
    std::string bytes;
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char c : padded) {
        const int value = base64_value(c);
        if (value < 0)
            return {};
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes += static_cast<char>(bits >> held & 0xFF);
        }
    }
    if (held >= 6)
        return {};
    return bytes;
}

/// Up to the `?` that ends a piece of a word; nothing if the word breaks off.
std::optional<std::string_view> piece(std::string_view s)
{
    const std::size_t end = s.find_first_of("? \t\r\n");
    if (end == std::string_view::npos || s[end] != '?')
        return {};
    return s.substr(0, end);
}

/// The word at the front of `s`, if there is a whole one.
std::optional<Word> word_at(std::string_view s)
{
    if (!s.starts_with("=?"))
        return {};
    const auto charset = piece(s.substr(2));
    if (!charset || charset->empty())
        return {};
    std::size_t at = 2 + charset->size() + 1;
    if (s.size() < at + 2 || s[at + 1] != '?')
        return {};
    const char encoding = to_lower(s[at]);
    at += 2;
    const auto encoded = piece(s.substr(at));
    if (!encoded || !s.substr(at + encoded->size()).starts_with("?="))
        return {};
    auto bytes = encoding == 'q'   ? decode_q(*encoded)
                 : encoding == 'b' ? decode_b(*encoded)
                                   : std::nullopt;
    if (!bytes)
        return {};
    return Word{to_lower(charset->substr(0, charset->find('*'))), std::move(*bytes),
                at + encoded->size() + 2};
}

class Decoder {
public:
    std::string run(std::string_view s)
    {
        while (!s.empty()) {
            auto word = s.front() == '=' ? word_at(s) : std::nullopt;
            if (word && converter(word->charset) != nullptr) {
                s.remove_prefix(word->size);
                add(std::move(*word));
                continue;
            }
            // At least one octet; up to where the next word may begin.
            const std::size_t end = s.find('=', 1);
            literal(s.substr(0, end));
            s.remove_prefix(end == std::string_view::npos ? s.size() : end);
        }
        flush();
        return valid_utf8(out_) ? out_ : repair_utf8(out_);
    }

private:
    /// A word that can be converted. Between two of them white space means nothing.
    void add(Word word)
    {
        gap_.clear();
        if (charset_ != word.charset)
            flush();
        charset_ = std::move(word.charset);
        bytes_ += word.bytes;
        pending_ = true;
    }

    void literal(std::string_view s)
    {
        const bool blank = trim(s).empty();
        if (pending_ && blank) {
            gap_ += s; // whether it counts, what follows will tell
            return;
        }
        flush();
        out_ += s;
    }

    void flush()
    {
        if (Converter* const open = pending_ ? converter(charset_) : nullptr)
            out_ += open->convert(bytes_);
        out_ += gap_;
        gap_.clear();
        bytes_.clear();
        pending_ = false;
    }

    Converter* converter(const std::string& charset)
    {
        for (auto& [name, open] : converters_)
            if (name == charset)
                return open ? &*open : nullptr;
        if (converters_.size() >= max_converters) {
            if (pending_ && converters_.front().first == charset_)
                std::swap(converters_.front(), converters_.back());
            converters_.erase(converters_.begin());
        }
        auto opened = Converter::open(charset);
        std::optional<Converter> kept;
        if (opened)
            kept = std::move(*opened);
        converters_.emplace_back(charset, std::move(kept));
        auto& added = converters_.back().second;
        return added ? &*added : nullptr;
    }

    std::string out_;
    std::string bytes_;   ///< of neighbouring words in `charset_`
    std::string charset_; ///< of `bytes_`
    std::string gap_;     ///< white space after them
    bool pending_ = false;
    std::vector<std::pair<std::string, std::optional<Converter>>> converters_;
};

} // namespace

std::string decode_words(std::string_view header_value)
{
    return Decoder().run(header_value);
}

} // namespace text
