// SPDX-License-Identifier: ISC
/// \file
/// The header of a message or of a part: fields in order, nothing lost.
/// RFC 5322 §2.2; RFC 3501 §6.4.5 for what is chosen out of it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mime {

/// One field as it is stored, folded lines and line ends included.
///
/// A line that is neither a field nor a continuation (no colon before its end)
/// is a field without a name.
struct Field {
    std::string raw;
    std::size_t name_octets = 0;  ///< the name is so much of `raw`
    std::size_t value_offset = 0; ///< where in `raw` the value begins

    /// Without the white space that obsolete mail has before the colon.
    std::string_view name() const
    {
        return std::string_view(raw).substr(0, name_octets);
    }
    /// What stands after the colon and its white space, as stored, folds included.
    std::string_view body() const { return std::string_view(raw).substr(value_offset); }
    /// The body unfolded: line ends and leading white space gone, all other octets
    /// as stored, the white space after a fold, 8-bit octets, NULs, bare CRs.
    std::string value() const;
    bool is(std::string_view field_name) const;
};

/// The raw body of a field without its line ends. RFC 5322 §2.2.3.
std::string unfold(std::string_view body);

/// A header, as a list of fields. There is no input that is not one.
class Header {
public:
    /// Whether `select` gives the fields that are named, or all others.
    enum class Which { Named, NotNamed };

    /// `bytes` up to and with the first empty line, or all of them if there is
    /// none. Lines end with LF or CRLF; a bare CR ends nothing. Linear.
    static Header parse(std::string_view bytes);

    const std::vector<Field>& fields() const { return fields_; }
    /// The first field of this name (of any case), or null.
    const Field* field(std::string_view name) const;
    /// All fields of this name, in order. The pointers live as long as the header.
    std::vector<const Field*> fields(std::string_view name) const;

    /// The raw fields chosen, in order, and the empty line that ends the header
    /// if there is one: what HEADER.FIELDS and HEADER.FIELDS.NOT give, but for
    /// LF being CRLF on the wire. Lines without a name are in `NotNamed`.
    std::string select(std::span<const std::string> names, Which which) const;

    /// The empty line that ends the header, as stored; empty if there is none.
    std::string_view end() const { return end_; }
    /// How many octets of the input were the header.
    std::size_t octets() const { return octets_; }

private:
    std::vector<Field> fields_;
    std::string end_;
    std::size_t octets_ = 0;
};

} // namespace mime
