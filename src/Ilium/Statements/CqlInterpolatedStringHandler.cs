using System.Collections.Immutable;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Text;
using Ilium.Statements;

namespace Ilium;

/// <summary>
/// Turns <c>$"SELECT name FROM users WHERE id = {id}"</c> into a statement with a bind marker for each hole. A value never becomes part of
/// the text: the compiler calls this type, users don't.
/// </summary>
/// <remarks>Overloads that take it have priority over those that take a string: an interpolated string whose holes are all constant strings is a
/// constant string to the compiler, and would go there with its values pasted in.</remarks>
[InterpolatedStringHandler]
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct CqlInterpolatedStringHandler
{
    private readonly StringBuilder _text;
    private readonly ImmutableArray<CqlValue>.Builder _values;

    /// <summary>Called by the compiler.</summary>
    /// <param name="literalLength">Characters outside of holes.</param>
    /// <param name="formattedCount">Holes.</param>
    public CqlInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        _text = new StringBuilder(literalLength + formattedCount);
        _values = ImmutableArray.CreateBuilder<CqlValue>(formattedCount);
    }

    /// <summary>Called by the compiler.</summary>
    /// <param name="literal">Text between holes.</param>
    public void AppendLiteral(string literal) => _text.Append(literal);

    /// <summary>Called by the compiler.</summary>
    /// <typeparam name="T">The static type of the value.</typeparam>
    /// <param name="value">The value of a hole.</param>
    public void AppendFormatted<T>(T value)
    {
        _text.Append('?');
        _values.Add(typeof(T) == typeof(object) ? CqlValue.Of(value) : new CqlValue<T>(value));
    }

    internal SimpleStatement ToStatement() => new(_text.ToString(), _values.DrainToImmutable());
}
