// SPDX-License-Identifier: ISC
#include "mime/header_keeper.h"

#include <algorithm>
#include <array>

#include "text/ascii.h"

namespace mime {
namespace {

constexpr std::array<std::string_view, 8> content_fields = {
    "content-type",        "content-transfer-encoding",
    "content-id",          "content-description",
    "content-disposition", "content-language",
    "content-location",    "content-md5"};

constexpr std::array<std::string_view, 10> envelope_fields = {
    "date", "subject", "from", "sender",      "reply-to",
    "to",   "cc",      "bcc",  "in-reply-to", "message-id"};

/// Longer than any of the names, with some white space before the colon.
constexpr std::size_t max_name = 64;

template <class Names>
bool is_among(const Names& names, std::string_view name)
{
    return std::any_of(names.begin(), names.end(), [name](std::string_view n) {
        return text::equal_ignoring_case(n, name);
    });
}

} // namespace

void HeaderKeeper::feed(std::string_view piece)
{
    const bool line_ends = piece.ends_with('\n');
    if (mode_ == Mode::Name) {
        const std::size_t colon = piece.find(':');
        const std::size_t wanted =
            colon == std::string_view::npos ? piece.size() : colon + 1;
        const std::size_t taken = std::min(wanted, max_name - start_.size());
        start_ += piece.substr(0, taken);
        piece.remove_prefix(taken);
        const char first = start_.empty() ? '\0' : start_.front();
        if (first == ' ' || first == '\t' || start_.ends_with(':') || line_ends ||
            start_.size() >= max_name)
            decide();
    }
    if (mode_ == Mode::Keep)
        keep(piece);
    if (line_ends)
        mode_ = Mode::Name;
}

void HeaderKeeper::decide()
{
    const bool continues = start_.starts_with(' ') || start_.starts_with('\t');
    if (!continues) {
        std::string_view name = start_;
        keeps_field_ = name.ends_with(':');
        if (keeps_field_) {
            name.remove_suffix(1);
            name = text::trim_back(name);
            keeps_field_ = is_among(content_fields, name) ||
                           (fields_ == Fields::ContentAndEnvelope &&
                            is_among(envelope_fields, name));
        }
    }
    mode_ = keeps_field_ ? Mode::Keep : Mode::Skip;
    if (keeps_field_)
        keep(start_);
    start_.clear();
}

void HeaderKeeper::keep(std::string_view octets)
{
    const std::size_t size = std::min(octets.size(), left_);
    left_ -= size;
    kept_ += octets.substr(0, size);
    if (size < octets.size())
        left_ = 0;
}

} // namespace mime
