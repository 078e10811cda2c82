// SPDX-License-Identifier: ISC
#include "index/index.h"

#include "index/environment.h"

namespace indexing {

Index::Index(std::unique_ptr<Environment> environment)
    : environment_(std::move(environment))
{
}

Index::Index(Index&&) noexcept = default;
Index& Index::operator=(Index&&) noexcept = default;
Index::~Index() = default;

base::Result<Index> Index::open(const std::string& directory, const base::Clock& clock,
                                const Options& options)
{
    auto environment = Environment::open(directory, clock, options);
    if (!environment)
        return environment.error();
    return Index(std::move(*environment));
}

bool Index::is_current() const
{
    return environment_->is_current();
}

std::string_view Index::emptied_because() const
{
    return environment_->emptied_because();
}

void Index::rest()
{
    environment_->rest();
}

Read Index::read() const
{
    return environment_->read();
}

base::Status Index::transact(const std::function<bool(Write&)>& change)
{
    return environment_->transact(change);
}

} // namespace indexing
