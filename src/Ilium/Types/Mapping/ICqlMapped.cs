using System.ComponentModel;

namespace Ilium;

/// <summary>A type whose members stand for columns or fields. Implemented by generated code.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface ICqlMapped<TSelf>
    where TSelf : ICqlMapped<TSelf>
{
    /// <summary>Names the members, in the order in which <see cref="MemberReader.Next"/> numbers them.</summary>
    /// <param name="members">Takes them.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    static abstract void DescribeMembers(MemberMap members);

    /// <summary>Makes one value of what the reader gives.</summary>
    /// <param name="reader">Stands before the first column or field.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    static abstract TSelf ReadMembers(ref MemberReader reader);
}

/// <summary>A type that rows are read into. Implemented by the code that is generated for <see cref="CqlRowAttribute"/>.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IRowMapped<TSelf> : ICqlMapped<TSelf>
    where TSelf : IRowMapped<TSelf>;
