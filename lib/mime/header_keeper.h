// SPDX-License-Identifier: ISC
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mime {

/// Keeps those fields of a header that a structure is made of, while the header
/// comes by in pieces; the rest of it is only looked at. Both bounds are the
/// caller's: the octets of one header, and what is left for the whole message.
class HeaderKeeper {
public:
    /// Whether to keep the fields of an envelope, too.
    enum class Fields { Content, ContentAndEnvelope };

    HeaderKeeper() = default;
    HeaderKeeper(Fields fields, std::size_t budget) : fields_(fields), left_(budget) {}

    /// A piece of a line. `piece` must not go on after an LF.
    void feed(std::string_view piece);

    /// The fields that were kept, raw, without the empty line.
    const std::string& kept() const { return kept_; }

private:
    enum class Mode { Name, Keep, Skip };

    /// Decides by the start of a line, of which enough is there.
    void decide();
    void keep(std::string_view octets);

    Fields fields_ = Fields::Content;
    std::size_t left_ = 0;
    Mode mode_ = Mode::Name;
    bool keeps_field_ = false; ///< the field that a continuation would belong to
    std::string start_;        ///< of the line, until we know what it is
    std::string kept_;
};

} // namespace mime
