namespace Ilium;

/// <summary>
/// Has code generated that reads rows straight into this type: <see cref="Session.QueryAsync{T}(Statement, ExecutionOptions?, CancellationToken)"/>,
/// <see cref="RowSet.As{T}"/> and <see cref="Row.To{T}"/> then take it. The type, and each type around it, must be <c>partial</c>. See docs/mapping.md.
/// </summary>
/// <remarks>
/// Columns are found by name: that of <see cref="CqlNameAttribute"/>, else the member's in snake case (<c>FirstName</c>: <c>first_name</c>), else the member's own, in its
/// own case or in lower case. Parameters of the constructor and <c>required</c> members need their column; other members keep their value when there is none.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class CqlRowAttribute : Attribute;
