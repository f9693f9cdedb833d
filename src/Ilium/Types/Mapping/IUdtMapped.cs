using System.ComponentModel;

namespace Ilium;

/// <summary>A type that stands for a user-defined type. Implemented by the code that is generated for <see cref="CqlUdtAttribute"/>.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IUdtMapped<TSelf> : ICqlMapped<TSelf>
    where TSelf : IUdtMapped<TSelf>
{
    /// <summary>Gives the members to the writer as it asks for them.</summary>
    /// <param name="writer">Stands before the first field.</param>
    /// <param name="value">The value.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    static abstract void WriteMembers(ref MemberWriter writer, TSelf value);
}
