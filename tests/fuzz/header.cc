// SPDX-License-Identifier: ISC
/// \file
/// Headers, and the values in them: the fields and the end are the input, what is
/// named and what is not make up the whole, and no value does harm.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "mime/envelope.h"
#include "mime/header.h"
#include "mime/parameters.h"
#include "text/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using Which = mime::Header::Which;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const mime::Header header = mime::Header::parse(input);
    const std::vector<std::string> names = {"From", "content-type"};
    if (header.select({}, Which::NotNamed) != input.substr(0, header.octets()))
        std::abort();
    if (header.select(names, Which::Named).size() +
            header.select(names, Which::NotNamed).size() !=
        header.octets() + header.end().size())
        std::abort();
    mime::parse_envelope(header);
    for (const mime::Field& field : header.fields()) {
        const std::string value = field.value();
        if (value.find('\n') != std::string::npos)
            std::abort();
        const mime::ContentType type = mime::parse_content_type(value);
        if (type.type.empty() != type.subtype.empty())
            std::abort();
        for (const mime::Parameter& p : type.parameters)
            if (!text::valid_utf8(
                    mime::parameter(type.parameters, p.name).value_or("")))
                std::abort();
        mime::parse_disposition(value);
        mime::parse_token_list(value);
    }
    return 0;
}
