namespace Ilium.TestKit;

/// <summary>What the process holds, as the system counts it. Linux only: elsewhere these tests are skipped.</summary>
public static class ProcessCount
{
    // The system keeps 15 characters of a thread's name; all of the driver's begin with this.
    private const string DriverThread = "Ilium ";

    public static bool IsKnown => Directory.Exists("/proc/self/fd");

    public static int Sockets => Directory.EnumerateFiles("/proc/self/fd").Count(static file => LinkOf(file).StartsWith("socket:", StringComparison.Ordinal));

    public static int DriverThreads => Directory.EnumerateDirectories("/proc/self/task").Count(static thread => NameOf(thread).StartsWith(DriverThread, StringComparison.Ordinal));

    /// <summary>Waits until a count is what it should be: the system takes a moment to take a thread or a socket off its lists.</summary>
    public static async Task<int> SettledAsync(Func<int> count, int expected)
    {
        var end = Environment.TickCount64 + 10_000;
        while (count() != expected && Environment.TickCount64 < end)
        {
            await Task.Yield();
        }

        return count();
    }

    private static string LinkOf(string file)
    {
        try
        {
            return File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name ?? string.Empty;
        }
        catch (IOException)
        {
            // Closed meanwhile.
            return string.Empty;
        }
    }

    private static string NameOf(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm"));
        }
        catch (IOException)
        {
            // Ended meanwhile.
            return string.Empty;
        }
    }
}
