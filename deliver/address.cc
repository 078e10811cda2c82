// SPDX-License-Identifier: ISC
#include "deliver/address.h"

#include <algorithm>

namespace deliver {

Address split_extension(std::string_view address, std::string_view delimiters)
{
    const auto at = std::min(address.rfind('@'), address.size());
    const auto local = address.substr(0, at);
    const auto cut = local.find_first_of(delimiters, 1);
    if (cut == local.npos)
        return {std::string(address), {}};
    Address split{std::string(local.substr(0, cut)),
                  std::string(local.substr(cut + 1))};
    split.plain += address.substr(at);
    return split;
}

} // namespace deliver
