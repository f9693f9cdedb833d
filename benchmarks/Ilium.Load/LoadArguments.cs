using System.Globalization;

namespace Ilium.Load;

/// <summary>What the command line asks for.</summary>
internal sealed record LoadArguments
{
    internal const string Usage =
        "Ilium.Load one|page|insert|setup --host H --port P --in-flight N --seconds S [--version 3|4|5] [--connections C] [--tls] [--sync] [--warm-up S] [--slow MS] [--keys K]";

    internal string Mode { get; init; } = "";

    internal string Host { get; init; } = "127.0.0.1";

    internal int Port { get; init; } = 9042;

    internal int InFlight { get; init; } = 256;

    internal double Seconds { get; init; } = 5;

    internal double WarmUp { get; init; } = 3;

    internal int? Version { get; init; }

    internal int? Connections { get; init; }

    internal bool Tls { get; init; }

    internal bool Sync { get; init; }

    /// <summary>The requests go round so many partitions, so that they are routed to all nodes; one by default, which the tables of <c>setup</c> have.</summary>
    internal int Keys { get; init; } = 1;

    /// <summary>So many milliseconds the first flow blocks its thread after each answer: what do the others notice?</summary>
    internal int Slow { get; init; }

    /// <summary>Reads the command line; throws <see cref="ArgumentException"/> with what is wrong.</summary>
    internal static LoadArguments Parse(string[] args)
    {
        if (args.Length == 0 || args[0] is not ("one" or "page" or "insert" or "setup"))
        {
            throw new ArgumentException("The first argument is one, page, insert or setup.");
        }

        var parsed = new LoadArguments { Mode = args[0] };
        for (var i = 1; i < args.Length; i++)
        {
            parsed = args[i] switch
            {
                "--tls" => parsed with { Tls = true },
                "--sync" => parsed with { Sync = true },
                "--host" => parsed with { Host = Value() },
                "--port" => parsed with { Port = Number(1, 65_535) },
                "--in-flight" => parsed with { InFlight = Number(1, 1_000_000) },
                "--seconds" => parsed with { Seconds = Duration() },
                "--keys" => parsed with { Keys = Number(1, 1_000_000) },
                "--slow" => parsed with { Slow = Number(1, 60_000) },
                "--warm-up" => parsed with { WarmUp = Duration() },
                "--version" => parsed with { Version = Number(3, 5) },
                "--connections" => parsed with { Connections = Number(1, 1_000) },
                _ => throw new ArgumentException($"Unknown argument '{args[i]}'."),
            };

            string Value() => i + 1 < args.Length ? args[++i] : throw new ArgumentException($"{args[i]} needs a value.");

            int Number(int least, int most)
            {
                var name = args[i];
                var text = Value();
                return int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
                    ? number
                    : throw new ArgumentException($"{name} is a number from {least} to {most}, not '{text}'.");
            }

            double Duration()
            {
                var name = args[i];
                var text = Value();
                return double.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= 0
                    ? number
                    : throw new ArgumentException($"{name} is a number of seconds, not '{text}'.");
            }
        }

        return parsed;
    }
}
