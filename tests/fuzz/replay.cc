// SPDX-License-Identifier: ISC
/// \file
/// Runs a fuzz harness once over each file of its corpus, in an ordinary build. Every
/// file has a process of its own, so that one that crashes is named and does not hide
/// the others. Reports in TAP.

#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<std::string> files_in(const std::string& directory)
{
    std::vector<std::string> paths;
    DIR* const stream = ::opendir(directory.c_str());
    if (stream == nullptr)
        return paths;
    while (const dirent* const entry = ::readdir(stream)) {
        if (entry->d_name[0] != '.')
            paths.push_back(directory + "/" + entry->d_name);
    }
    ::closedir(stream);
    std::sort(paths.begin(), paths.end());
    return paths;
}

std::string contents(const std::string& path)
{
    std::string bytes;
    std::FILE* const file = std::fopen(path.c_str(), "rb");
    if (file == nullptr)
        return bytes;
    char block[4096];
    for (std::size_t n = 0; (n = std::fread(block, 1, sizeof block, file)) > 0;)
        bytes.append(block, n);
    std::fclose(file);
    return bytes;
}

/// Whether the harness came through `bytes` alive, in a child of its own.
bool survives(const std::string& bytes)
{
    std::fflush(stdout);
    const pid_t child = ::fork();
    if (child == 0) {
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                               bytes.size());
        std::exit(0);
    }
    int status = 0;
    return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

} // namespace

int main(int argc, char** argv)
{
    std::vector<std::string> paths;
    for (int i = 1; i < argc; ++i) {
        const auto found = files_in(argv[i]);
        if (found.empty())
            paths.emplace_back(argv[i]);
        paths.insert(paths.end(), found.begin(), found.end());
    }
    int failures = 0;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        const bool alive = survives(contents(paths[i]));
        failures += alive ? 0 : 1;
        const auto slash = paths[i].rfind('/');
        const std::string name =
            slash == std::string::npos ? paths[i] : paths[i].substr(slash + 1);
        std::printf("%s %zu - %s\n", alive ? "ok" : "not ok", i + 1, name.c_str());
    }
    std::printf("1..%zu\n", paths.size());
    return failures == 0 ? 0 : 1;
}
