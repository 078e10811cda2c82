// SPDX-License-Identifier: ISC
#include "mime/structure.h"

#include "text/ascii.h"

namespace mime {

bool Part::is(std::string_view other_type, std::string_view other_subtype) const
{
    return text::equal_ignoring_case(type, other_type) &&
           (other_subtype.empty() || text::equal_ignoring_case(subtype, other_subtype));
}

bool Part::is_message() const
{
    return is("message", "rfc822") || is("message", "global");
}

const Part* Part::message() const
{
    return is_message() && children.size() == 1 ? &children.front() : nullptr;
}

namespace {

/// Part `number` of a message whose root is `message`.
const Part* first_level(const Part& message, std::uint32_t number)
{
    if (!message.is_multipart())
        return number == 1 ? &message : nullptr;
    if (number == 0 || number > message.children.size())
        return nullptr;
    return &message.children[number - 1];
}

} // namespace

const Part* Structure::find(std::span<const std::uint32_t> path) const
{
    if (path.empty())
        return &root;
    const Part* part = first_level(root, path.front());
    for (const std::uint32_t number : path.subspan(1)) {
        if (part == nullptr)
            return nullptr;
        if (!part->is_multipart())
            part = part->message();
        if (part != nullptr)
            part = first_level(*part, number);
    }
    return part;
}

Structure parse_structure(std::string_view message)
{
    StructureParser parser;
    parser.feed(message);
    return parser.finish();
}

} // namespace mime
