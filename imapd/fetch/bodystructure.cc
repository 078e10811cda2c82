// SPDX-License-Identifier: ISC
#include "fetch/bodystructure.h"

#include "fetch/envelope.h"
#include "imap/writer.h"

namespace imapd {
namespace {

std::string parameters(const mime::Parameters& list)
{
    if (list.empty())
        return "NIL";
    std::string text;
    for (const auto& [name, value] : list) {
        text += text.empty() ? '(' : ' ';
        text += imap::quoted_or_literal(name) + ' ' + imap::quoted_or_literal(value);
    }
    return text + ')';
}

/// body-fld-dsp = "(" string SP body-fld-param ")" / nil
std::string disposition(const std::optional<mime::Disposition>& disposition)
{
    if (!disposition)
        return "NIL";
    return '(' + imap::quoted_or_literal(disposition->value) + ' ' +
           parameters(disposition->parameters) + ')';
}

/// body-fld-lang = nstring / "(" string *(SP string) ")"
std::string languages(const std::vector<std::string>& list)
{
    if (list.empty())
        return "NIL";
    std::string text;
    for (const std::string& language : list) {
        text += text.empty() ? '(' : ' ';
        text += imap::quoted_or_literal(language);
    }
    return text + ')';
}

std::string common_extensions(const mime::Part& part)
{
    return ' ' + disposition(part.disposition) + ' ' + languages(part.languages) + ' ' +
           imap::nstring(part.location);
}

/// Parts within parts are written one behind the other into one string, so that what
/// stands at the bottom is not copied at each level above it.
void add_part(std::string& text, const mime::Part& part, Extensions extensions);

/// body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
void add_multipart(std::string& text, const mime::Part& part, Extensions extensions)
{
    text += '(';
    for (const mime::Part& child : part.children)
        add_part(text, child, extensions);
    text += ' ' + imap::quoted_or_literal(part.subtype);
    if (extensions == Extensions::With)
        text += ' ' + parameters(part.parameters) + common_extensions(part);
    text += ')';
}

void add_part(std::string& text, const mime::Part& part, Extensions extensions)
{
    if (part.is_multipart() && !part.children.empty())
        return add_multipart(text, part, extensions);

    text += '(' + imap::quoted_or_literal(part.type) + ' ' +
            imap::quoted_or_literal(part.subtype) + ' ' + parameters(part.parameters) +
            ' ' + imap::nstring(part.id) + ' ' + imap::nstring(part.description) + ' ' +
            imap::quoted_or_literal(part.encoding) + ' ' +
            std::to_string(part.body_wire_octets);
    if (const mime::Part* message = part.message()) {
        text += ' ';
        text += envelope_text(message->envelope.value_or(mime::Envelope{}));
        text += ' ';
        add_part(text, *message, extensions);
        text += ' ' + std::to_string(part.body_lines);
    } else if (part.is("text")) {
        text += ' ' + std::to_string(part.body_lines);
    }
    if (extensions == Extensions::With)
        text += ' ' + imap::nstring(part.md5) + common_extensions(part);
    text += ')';
}

} // namespace

std::string body_text(const mime::Part& part, Extensions extensions)
{
    std::string text;
    add_part(text, part, extensions);
    return text;
}

} // namespace imapd
