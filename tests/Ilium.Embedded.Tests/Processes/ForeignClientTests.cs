namespace Ilium.Embedded.Tests.Processes;

/// <summary>Clients that nobody here wrote, through <c>samples/EmbeddedServer/clients/run</c>, against samples/EmbeddedServer.</summary>
public class ForeignClientTests
{
    private static readonly string[] Expected =
    [
        "User: John Doe, Age: 30",
        "quickstart ok",
        "schema metadata ok",
        "3 nodes in rack1, rack2, rack3",
        "nodes ok",
        "prepared statements ok",
        "paging ok",
        "user-defined types ok",
        "batches ok",
        "conditions ok",
        "tracing ok",
        "errors ok",
    ];

    [Theory]
    [InlineData("python", "python3-cassandra")]
    [InlineData("node", "cassandra-driver")]
    public async Task A_client_of_another_language_gets_the_answers_it_expects(string client, string name)
    {
        using var server = await ServerProcess.StartAsync("0", "--nodes", "3");

        var (exitCode, lines) = await RunAsync([], "--server", server.ContactPoint, client);

        if (lines is [var only] && only.StartsWith($"{name}: skipped, ", StringComparison.Ordinal))
        {
            Assert.Equal(0, exitCode);
            Assert.Skip(only);
        }

        Assert.Matches($@"^{name}: version \d+\.\d+(\.\d+)?$", lines[0]);
        Assert.Equal(Expected.Select(line => $"{name}: {line}"), lines[1..]);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task A_client_that_is_not_installed_is_skipped_and_one_line_says_why()
    {
        var empty = Directory.CreateTempSubdirectory("ilium-clients");
        try
        {
            var (exitCode, lines) = await RunAsync(
                [("PYTHON", Path.Combine(empty.FullName, "no-python")), ("ILIUM_CLIENTS", empty.FullName), ("NODE_PATH", null), ("HOME", empty.FullName)],
                "--server",
                "127.0.0.1:1");

            Assert.Equal(0, exitCode);
            Assert.Equal(2, lines.Length);
            Assert.Equal("python3-cassandra: skipped, no Python was found", lines[0]);
            Assert.Contains(
                lines[1],
                (string[])
                [
                    "cassandra-driver: skipped, no Node.js was found",
                    "cassandra-driver: skipped, Node's package 'cassandra-driver' is not installed (run this with --install, or set NODE_PATH)",
                ]);
        }
        finally
        {
            empty.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_client_that_fails_fails_the_script()
    {
        var folder = Directory.CreateTempSubdirectory("ilium-clients");
        try
        {
            // A Python that has the module, and whose client gets a wrong answer.
            var python = Path.Combine(folder.FullName, "python");
            await File.WriteAllTextAsync(python, "#!/bin/sh\n[ \"$1\" = -c ] || { echo 'paging: [] instead of [1]'; exit 1; }\n", TestContext.Current.CancellationToken);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(python, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }

            var (exitCode, lines) = await RunAsync([("PYTHON", python)], "--server", "127.0.0.1:1", "python");

            Assert.Equal(1, exitCode);
            Assert.Equal(["python3-cassandra: paging: [] instead of [1]"], lines);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<(int ExitCode, string[] Lines)> RunAsync((string Name, string? Value)[] environment, params string[] arguments)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("The script that runs the clients needs Bash.");
        }

        return ProgramRun.RunAsync("bash", [Path.Combine(AppContext.BaseDirectory, "clients", "run"), .. arguments], environment);
    }
}
