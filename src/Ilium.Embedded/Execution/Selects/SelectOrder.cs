using Ilium.Embedded.Execution.Expressions;
using Ilium.Embedded.Schema;

namespace Ilium.Embedded.Execution.Selects;

/// <summary>What rows are grouped by: the partition, so many of its clustering columns, and maybe a function of the next one.</summary>
internal sealed record GroupKey(int ClusteringColumns, Expression? Function);

/// <summary><c>ORDER BY column ANN OF vector</c>: the rows whose vectors are nearest come first.</summary>
internal sealed record AnnOrder(Column Column, Expression Query, string Function);
