using CsCheck;
using Ilium.Embedded.Cql;
using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Tests.Cql;

/// <summary>The parser on random texts: what it makes of statements is known; of texts that were spoilt, that it says where.</summary>
public class RandomTextTests
{
    private const int Statements = 5_000;
    private const string Spoilers = " \n\t'\"$?:;.,(){}[]<>=!+-*/%0xe1aZ_\\\0\uD800ä";

    [Fact]
    public void Statements_are_parsed_to_what_was_written() => Gen.Int[0, int.MaxValue - 1].Sample(
        seed =>
        {
            var random = new RandomText(seed);
            var expected = random.Statement();

            Assert.True(expected.Equals(Parse(random.Text)), $"{random.Text}\nwas taken for {Parse(random.Text)}\ninstead of     {expected}");
        },
        iter: Statements);

    [Fact]
    public void Spoilt_texts_are_statements_or_errors_with_a_place() => Gen.Int[0, int.MaxValue - 1].Sample(
        seed =>
        {
            var random = new RandomText(seed);
            _ = random.Statement();
            var text = Spoil(random.Text, new Random(seed));
            try
            {
                CqlParser.ParseStatement(text);
            }
            catch (CqlSyntaxException error)
            {
                Assert.NotEmpty(error.Message);
                Assert.True(error.Position is not { } position || IsInside(position, text), $"{error.Message} at {error.Position} of {text}");
            }
        },
        iter: Statements);

    private static CqlStatement Parse(string text)
    {
        try
        {
            return CqlParser.ParseStatement(text);
        }
        catch (CqlSyntaxException error)
        {
            throw new InvalidOperationException($"{text}\n{error.Message}", error);
        }
    }

    /// <summary>The server's place for the end of the text is 0:-1.</summary>
    private static bool IsInside(SourcePosition position, string text)
    {
        var lines = text.Split('\n');
        return position == new SourcePosition(0, -1)
            || (position.Line >= 1 && position.Line <= lines.Length && position.Column >= 0 && position.Column <= lines[position.Line - 1].Length);
    }

    private static string Spoil(string text, Random random)
    {
        for (var times = 1 + random.Next(3); times > 0 && text.Length > 0; times--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(1 + random.Next(8), text.Length - at);
            text = random.Next(5) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, $"{Spoilers[random.Next(Spoilers.Length)]}"),
                2 => text[..at],
                3 => text.Insert(random.Next(text.Length), text.Substring(at, length)),
                _ => text.Remove(at, 1).Insert(at, $"{Spoilers[random.Next(Spoilers.Length)]}"),
            };
        }

        return text;
    }
}
