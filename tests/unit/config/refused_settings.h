// SPDX-License-Identifier: ISC
#pragma once

#include <ostream>
#include <string>

#include <boost/test/unit_test.hpp>

#include "config/settings.h"

/// A file that is refused, and how the one complaint about it begins.
struct RefusedSettings {
    const char* text;
    const char* complaint;
    friend std::ostream& operator<<(std::ostream& out, const RefusedSettings& refused)
    {
        return out << refused.text;
    }

    void check() const
    {
        const auto settings = config::Settings::parse(text, "f");
        BOOST_REQUIRE(!settings);
        BOOST_TEST((settings.error().code == base::Errc::Syntax));
        BOOST_TEST(settings.error().text.starts_with(complaint), settings.error().text);
        BOOST_TEST(settings.error().text.find('\n') == std::string::npos,
                   "one complaint only");
    }
};
