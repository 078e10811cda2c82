// SPDX-License-Identifier: ISC
#include "mime/attachment.h"

#include <algorithm>

#include "text/ascii.h"

namespace mime {
namespace {

/// What a part is for the multipart that it stands in.
enum class Role {
    Item, ///< one of several things, or the whole message
    Text, ///< a version of the text, or belongs to one
};

bool is_signature_or_sealed(const Part& part)
{
    return part.is("application", "pgp-signature") ||
           part.is("application", "pkcs7-signature") ||
           part.is("application", "x-pkcs7-signature") ||
           part.is("application", "pkcs7-mime") ||
           part.is("application", "x-pkcs7-mime");
}

bool has_disposition(const Part& part, std::string_view value)
{
    return part.disposition &&
           text::equal_ignoring_case(part.disposition->value, value);
}

bool is_named(const Part& part)
{
    return parameter(part.parameters, "name") ||
           (part.disposition && parameter(part.disposition->parameters, "filename"));
}

bool is_attachment(const Part& part, Role role)
{
    if (is_signature_or_sealed(part))
        return false;
    if (has_disposition(part, "attachment"))
        return true;
    if (role == Role::Text)
        return false;
    return part.is("text") ? is_named(part) && !has_disposition(part, "inline") : true;
}

/// The role of what is in `multipart`.
Role role_within(const Part& multipart, Role role)
{
    for (const char* const subtype : {"alternative", "related", "report", "digest"}) {
        if (multipart.is("multipart", subtype))
            return Role::Text;
    }
    // Apple Mail puts a multipart/mixed with its pictures into an alternative.
    return multipart.is("multipart", "mixed") ? Role::Item : role;
}

bool has_attachment(const Part& part, Role role)
{
    if (!part.is_multipart())
        return is_attachment(part, role);
    if (part.is("multipart", "encrypted"))
        return false;
    const Role within = role_within(part, role);
    return std::any_of(
        part.children.begin(), part.children.end(),
        [within](const Part& child) { return has_attachment(child, within); });
}

} // namespace

bool has_attachment(const Structure& structure)
{
    return has_attachment(structure.root, Role::Item);
}

} // namespace mime
